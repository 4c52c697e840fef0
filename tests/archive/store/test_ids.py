"""The names of agencies and reports in addresses: stable, readable, one for each."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.store.ids import agency_id, name_without_region, report_id


@pytest.mark.parametrize(
    ("name", "region", "expected"),
    [
        ("平罗县工业和信息化局", "640221", "640221-gongyehexinxihuaju-c3f5"),
        ("卫滨区工业和信息化局", "410703", "410703-gongyehexinxihuaju-50c7"),
        ("中卫市工业和信息化局", "640500", "640500-gongyehexinxihuaju-5b87"),
        ("平罗县人民政府", "640221", "640221-renminzhengfu-6516"),
        ("国家税务总局", "", "000000-guojiashuiwuzongju-10b2"),
        ("平罗县", "640221", "640221-pingluoxian-1ddf"),
        ("（——）", "640221", "640221-x-cf89"),
    ],
)
def test_agency_id(name: str, region: str, expected: str) -> None:
    assert agency_id(name, region) == expected


def test_report_id() -> None:
    assert (
        report_id("640221-gongyehexinxihuaju-c3f5", 2024) == "640221-gongyehexinxihuaju-c3f5-2024"
    )


@pytest.mark.parametrize(
    "name",
    ["平罗县教育局", "石嘴山市平罗县教育局", "宁夏回族自治区石嘴山市平罗县教育局", "平罗教育局"],
)
def test_own_name_is_without_its_region(name: str) -> None:
    assert name_without_region(name, "640221") == "教育局"


@given(st.text(max_size=20), st.sampled_from(["", "640221", "110101", "999999"]))
def test_any_name_gives_an_id_fit_for_an_address(name: str, region: str) -> None:
    key = agency_id(name.encode("utf-8", "replace").decode(), region)

    assert re.fullmatch(r"\d{6}-[a-z0-9]+-[0-9a-f]{4}", key)
