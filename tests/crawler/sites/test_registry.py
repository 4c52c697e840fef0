"""The registry of portals: what is packaged, what stands beside it, and what is refused aloud."""

from __future__ import annotations

import pytest

from gongkai.crawler.sites.registry import RegistryError, Site, find_site, load_sites, netloc

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
    assert find_site(load_sites(registry(changed)), "pingluo").name == "高密市人民政府"


def test_the_registry_of_the_working_directory_is_read(tmp_path, monkeypatch):
    (tmp_path / "sites.toml").write_text(ENTRY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "gaomi" in [site.id for site in load_sites()]


def test_an_unknown_site_is_named_with_the_known_ones():
    with pytest.raises(RegistryError, match=r"unknown site 'beijing'; known are: pingluo, weibin"):
        find_site(load_sites(), "beijing")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[gaomi]", "[Gao Mi]", "not a readable site registry"),
        ("[gaomi]", "[GaoMi]", "an id is short"),
        ("[gaomi]", "[added]", "an id is short"),
        ("[gaomi]\n", "gaomi = 3\n[other]\n", "expected a table"),
        ("370785", "37", "six digits"),
        ("http://www", "ftp://www", "url starts with http"),
        ("http://www.gaomi.gov.cn/", "http:///", "no host"),
        ("www.gaomi.gov.cn", "www.gaomi.example.com", "not under gov.cn"),
        ("www.gaomi.gov.cn", "gaomi-gov.cn", "not under gov.cn"),
        ('name = "高密市人民政府"', "", "missing name"),
        ("url =", "link = 'x'\nurl =", "unknown field link"),
        ("url =", "min_reports = 0\nurl =", "min_reports is at least 1"),
        ("url =", "min_reports = true\nurl =", "not of the expected kind"),
        ("url =", "delay = -1\nurl =", "delay is not negative"),
        ("url =", "hosts = [1]\nurl =", "not of the expected kind"),
        ("url =", "hosts = 'a.gov.cn'\nurl =", "not of the expected kind"),
    ],
)
def test_a_bad_entry_is_one_clear_error(registry, old, new, message):
    assert old in ENTRY
    with pytest.raises(RegistryError, match=message):
        load_sites(registry(ENTRY.replace(old, new)))


def test_a_missing_registry_is_one_clear_error(tmp_path):
    with pytest.raises(RegistryError, match="no such site registry"):
        load_sites(tmp_path / "none.toml")


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
