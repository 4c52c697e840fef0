"""Changing a registry file: what a person wrote around the entries stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.crawler.sites.registry import RegistryError, RegistryFiles, Site, read_registry
from gongkai.crawler.sites.registry_file import enable_site, register_site, remove_site

FILE = """\
# my portals

# the county
[alpha]
name = "甲县人民政府"  # as its home page says
region_code = "640221"
url = "http://www.alpha.gov.cn/"

# a district
[ "beta" ]
name = "乙区人民政府"
region_code = "640104"
url = "http://www.beta.gov.cn/"
enabled = false # for now
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_site_is_disabled_and_enabled_again(path: Path) -> None:
    enable_site(path, read_registry(path)["alpha"], False)
    assert path.read_text() == FILE.replace("[alpha]\n", "[alpha]\nenabled = false\n")
    enable_site(path, read_registry(path)["alpha"], True)
    assert path.read_text() == FILE
    enable_site(path, read_registry(path)["beta"], True)
    assert path.read_text() == FILE.replace("enabled = false # for now\n", "")


def test_an_entry_is_removed_with_the_comment_above_it(path: Path) -> None:
    remove_site(path, "beta")
    assert path.read_text() == FILE.partition("# a district")[0]
    remove_site(path, "alpha")
    assert path.read_text() == "# my portals\n\n"
    with pytest.raises(RegistryError, match="registry_not_changed"):
        remove_site(path, "alpha")


def test_a_packaged_site_is_disabled_by_an_entry_of_its_own(tmp_path: Path) -> None:
    files = RegistryFiles(tmp_path / "own.toml")
    (packaged,) = [site for site in files.load(may_lack=True) if site.id == "pingluo"]
    enable_site(files.written, packaged, False)
    assert {site.id: site.enabled for site in files.load()} == {
        "pingluo": False, "weibin": True, "yongning": True, "zhongwei": True,
    }  # fmt: skip


def test_a_file_that_cannot_be_changed_safely_stays(path: Path) -> None:
    tricky = '[gamma]\nname = """\n[alpha]\n"""\nregion_code = "640221"\nurl = "http://g.gov.cn/"\n'
    path.write_text(tricky + FILE)
    with pytest.raises(RegistryError, match="registry_not_changed"):
        remove_site(path, "alpha")
    assert path.read_text() == tricky + FILE
    with pytest.raises(RegistryError, match="site_id_taken"):
        register_site(path, read_registry(path)["beta"], "")


def test_every_field_that_is_set_is_written(path: Path) -> None:
    site = Site(
        id="delta", name='丁"市', region_code="640200", url="https://www.delta.gov.cn/", cms="trs",
        min_reports=7, hosts=("xxgk.delta.gov.cn",), delay=3.5, verify_tls=False, old_tls=True,
        window="22:00-06:00", max_pages=9, parent="alpha", enabled=False,
        former_urls=("http://old.gov.cn/",),
    )  # fmt: skip
    register_site(path, site, "14 were named")
    assert read_registry(path)["delta"] == site


def test_a_registry_of_ones_own_replaces_the_packaged_one(path: Path, tmp_path: Path) -> None:
    assert [site.id for site in RegistryFiles(base=path).load()] == ["alpha", "beta"]
    more = tmp_path / "more.toml"
    register_site(more, Site("gamma", "丙", "640000", "http://g.gov.cn/"), "")
    files = RegistryFiles(more, path)
    assert ([site.id for site in files.load()], files.written) == (["alpha", "beta", "gamma"], more)
    with pytest.raises(RegistryError, match="registry_missing"):
        RegistryFiles(base=tmp_path / "none.toml").load()
    assert RegistryFiles(base=tmp_path / "none.toml").load(may_lack=True) == ()


def test_a_parent_has_to_be_there(path: Path) -> None:
    path.write_text(FILE.replace("enabled = false", 'parent = "nobody"\nenabled = false'))
    with pytest.raises(RegistryError, match="registry_entry_wrong"):
        RegistryFiles(path).load()
