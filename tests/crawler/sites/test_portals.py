"""What is known of the country: a table of facts, and how a part of it is chosen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gongkai.crawler.sites.failures import (
    Failure,
    forget_failures,
    note_failure,
    read_failures,
)
from gongkai.crawler.sites.portals import (
    KINDS,
    LEVELS,
    entered_hosts,
    known_portals,
    portal_of,
    portals_by_host,
    region_prefix,
    select_portals,
)
from gongkai.crawler.sites.registry import RegistryError, Site, is_official, load_sites, netloc
from gongkai.extract.chinese.divisions import regions

BEYOND_THE_DIVISIONS = {"000000", "660000"}


def test_the_table_holds_what_its_page_says() -> None:
    counts = Counter((portal.level, portal.kind) for portal in known_portals())
    assert counts == {
        ("country", "government"): 1, ("country", "department"): 73,
        ("province", "government"): 32, ("province", "department"): 47,
        ("prefecture", "government"): 333, ("prefecture", "department"): 8,
        ("county", "government"): 2846,
    }  # fmt: skip
    assert len(portals_by_host()) == len(known_portals()) == 3340


def test_every_row_is_a_place_and_an_official_address() -> None:
    for portal in known_portals():
        assert portal.code in regions() or portal.code in BEYOND_THE_DIVISIONS, portal
        assert portal.level in LEVELS
        assert portal.kind in KINDS
        assert is_official(netloc(portal.url)), portal
        assert portal.confidence in ("named", "host")
        assert portal.access in ("", "direct", "protocol-switch", "ua-mobile", "none")
        if portal.kind == "government" and portal.code in regions():
            assert portal.name == regions()[portal.code].name


@pytest.mark.parametrize(
    ("given", "prefix", "governments"),
    [("64", "64", 28), ("640000", "64", 28), ("6401", "6401", 7), ("640100", "6401", 7),
     ("640121", "640121", 1), ("000000", "000000", 1), ("00", "00", 1)],
)  # fmt: skip
def test_a_region_is_a_code_or_its_beginning(given: str, prefix: str, governments: int) -> None:
    assert region_prefix(given) == prefix
    assert len(select_portals(known_portals(), prefix, kind="government")) == governments


@pytest.mark.parametrize("given", ["", "6", "640", "64012", "6401211", "宁夏", "6４"])
def test_anything_else_is_no_region(given: str) -> None:
    assert region_prefix(given) is None


def test_a_portal_is_entered_under_any_address_it_ever_had() -> None:
    moved = Site(
        "hy", "海原县", "640522", "https://www.haiyuan.gov.cn/", former_urls=("http://hy.gov.cn/",)
    )
    entered = entered_hosts([*load_sites(), moved])
    assert entered["hy.gov.cn"] == entered["haiyuan.gov.cn"] == moved
    assert portal_of(moved).url == "http://www.hy.gov.cn/"
    assert portal_of(replace(moved, former_urls=())).level == "county"


def test_failures_are_remembered_beside_the_registry(tmp_path: Path) -> None:
    path = tmp_path / "sites.failed.csv"
    failure = Failure(
        "640522", "海原县", "http://www.hy.gov.cn/", "2026-01-20", "blocked", 'x {"n": 5}'
    )
    note_failure(path, failure)
    note_failure(path, replace(failure, url="http://www.other.gov.cn/", outcome="robots"))
    note_failure(path, replace(failure, url="https://hy.gov.cn/", on="2026-02-20"))
    assert read_failures(path)["hy.gov.cn"].on == "2026-02-20"
    assert not failure.is_due(date(2026, 2, 18), 30)
    assert failure.is_due(date(2026, 2, 19), 30)
    forget_failures(path, ["hy.gov.cn"])
    assert [each.outcome for each in read_failures(path).values()] == ["robots"]
    forget_failures(path, ["other.gov.cn"])
    assert not path.exists()
    path.write_text("code,name\n1,2\n")
    with pytest.raises(RegistryError, match="failures_unreadable"):
        read_failures(path)
