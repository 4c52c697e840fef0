"""The registry of portals: what is packaged, what stands beside it, and what is refused aloud."""

from __future__ import annotations

from dataclasses import fields

import pytest

from gongkai.catalogue import text
from gongkai.crawler.sites.registry import FIELD_TYPES, RegistryError, Site, load_sites, netloc

ENTRY = """
[gaomi]
name = "高密市人民政府"
region_code = "370785"
url = "http://www.gaomi.gov.cn/"
"""


@pytest.fixture
def registry(tmp_path):
    """Writes a registry and gives its path."""

    def write(text: str):
        path = tmp_path / "more.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_four_portals_are_packaged():
    assert [(site.id, site.region_code, site.url, site.cms) for site in load_sites()] == [
        ("pingluo", "640221", "http://www.pingluo.gov.cn/", "trs"),
        ("weibin", "410703", "http://www.wbq.gov.cn/", "htmls"),
        ("yongning", "640121", "http://www.nxyn.gov.cn/", "trs"),
        ("zhongwei", "640500", "http://www.nxzw.gov.cn/", "trs"),
    ]


def test_a_registry_stands_beside_the_packaged_one(registry):
    sites = load_sites(registry(ENTRY + 'hosts = ["bm.gaomi.gov.cn:9311"]\ndelay = 5\n'))
    assert [site.id for site in sites] == ["gaomi", "pingluo", "weibin", "yongning", "zhongwei"]
    assert sites[0] == Site(
        id="gaomi",
        name="高密市人民政府",
        region_code="370785",
        url="http://www.gaomi.gov.cn/",
        hosts=("bm.gaomi.gov.cn:9311",),
        delay=5,
    )
    assert sites[0].all_hosts == {
        "www.gaomi.gov.cn",
        "gaomi.gov.cn",
        "bm.gaomi.gov.cn:9311",
        "www.bm.gaomi.gov.cn:9311",
    }


def test_an_entry_replaces_a_packaged_one(registry):
    changed = ENTRY.replace("[gaomi]", "[pingluo]")
    assert {site.id: site for site in load_sites(registry(changed))}[
        "pingluo"
    ].name == "高密市人民政府"


def test_the_registry_of_the_working_directory_is_read(tmp_path, monkeypatch):
    (tmp_path / "sites.toml").write_text(ENTRY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "gaomi" in [site.id for site in load_sites()]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[gaomi]", "[GaoMi]", "An id starts with a lowercase Latin letter"),
        ("[gaomi]", "[added]", "An id starts with a lowercase Latin letter"),
        ("[gaomi]\n", "gaomi = 3\n[other]\n", "must be a TOML table"),
        ("370785", "37", "region_code has six digits"),
        ("http://www", "ftp://www", "url must start with http"),
        ("http://www.gaomi.gov.cn/", "http:///", "Not the address of a website"),
        ("www.gaomi.gov.cn", "www.gaomi.example.com", "not under gov.cn"),
        ("www.gaomi.gov.cn", "gaomi-gov.cn", "not under gov.cn"),
        ('name = "高密市人民政府"', "", "Missing field: name"),
        ("url =", "link = 'x'\nurl =", "Unknown field: link"),
        ("url =", "link = 'x'\nsize = 1\nurl =", "Unknown fields: link, size"),
        ("url =", "min_reports = 0\nurl =", "min_reports must be at least 1"),
        ("url =", "min_reports = true\nurl =", "True has the wrong type; it must be an integer"),
        ("url =", "delay = -1\nurl =", "delay must not be negative"),
        ("url =", "max_pages = -1\nurl =", "max_pages must not be negative"),
        ("url =", "window = 'at night'\nurl =", "A window is written like"),
        ("url =", "hosts = [1]\nurl =", "it must be a list of strings"),
        ("url =", "hosts = 'a.gov.cn'\nurl =", "it must be a list of strings"),
    ],
)
def test_a_bad_entry_is_one_clear_error(registry, old, new, why):
    assert old in ENTRY
    path = registry(ENTRY.replace(old, new))
    with pytest.raises(RegistryError) as raised:
        load_sites(path)
    english = text("en", raised.value.message)
    assert english.startswith(f"{path}: [")
    assert why in english


def test_every_field_of_a_site_has_a_type_in_the_registry():
    assert {"id", *FIELD_TYPES} == {field.name for field in fields(Site)}


def test_a_registry_that_cannot_be_read_is_one_clear_error(registry, tmp_path):
    with pytest.raises(RegistryError, match="registry_missing"):
        load_sites(tmp_path / "none.toml")
    with pytest.raises(RegistryError, match="registry_unreadable"):
        load_sites(registry(ENTRY.replace("[gaomi]", "[Gao Mi]")))


def test_a_host_outside_gov_cn_has_to_be_meant(registry):
    text = ENTRY.replace("www.gaomi.gov.cn", "61.150.65.235")
    sites = load_sites(registry(text + 'hosts = ["61.150.65.235"]\n'))
    assert sites[0].host == "61.150.65.235"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.Pingluo.gov.cn.:80/xxgk/", "www.pingluo.gov.cn"),
        ("https://www.pingluo.gov.cn:443", "www.pingluo.gov.cn"),
        ("https://www.pingluo.gov.cn:80", "www.pingluo.gov.cn:80"),
        ("http://xixianxinqu.gov.cn:9311/", "xixianxinqu.gov.cn:9311"),
    ],
)
def test_host_and_port_have_one_form(url, expected):
    assert netloc(url) == expected
