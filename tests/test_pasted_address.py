"""Addresses as people paste them."""

from __future__ import annotations

import pytest

from gongkai.pasted_address import LONGEST, address_forms, clean_address, is_address, variants

ADDRESS = "http://www.hexi.gov.cn/zwgk/2024/a.html"


@pytest.mark.parametrize(
    "pasted",
    [
        f"  {ADDRESS}  ",
        f"“{ADDRESS}”。",
        f"「{ADDRESS}」",
        f"<{ADDRESS}>",
        f"({ADDRESS})",
        f"（{ADDRESS}）",
        f"网址：{ADDRESS}（见附件）",
        f"{ADDRESS}，共三页",
        f"{ADDRESS}。",
        f"{ADDRESS}).",
        f"\ufeff{ADDRESS}\u200b",
        ADDRESS.replace("/2024", "\n/2024"),
        ADDRESS.replace("http://", "HTTP:\\\\"),
        ADDRESS.replace("http://", "http:/"),
        ADDRESS.replace("://", "：／／"),
        ADDRESS.replace("www.hexi.gov.cn", "www。hexi。gov。cn"),
        "".join(chr(ord(c) + 0xFEE0) for c in ADDRESS),
        ADDRESS.removeprefix("http://"),
        f'"{ADDRESS.removeprefix("http://")}",',
    ],
)
def test_what_stands_around_an_address_is_taken_away(pasted: str) -> None:
    assert clean_address(pasted) == ADDRESS
    assert is_address(pasted)


def test_what_belongs_to_an_address_stays() -> None:
    """Brackets that are opened in it, its query, and its own percent signs."""
    for address in (
        f"{ADDRESS}?id=1&name=a(b)",
        "https://x.gov.cn:8443/a(1)",
        "http://x.gov.cn/%E5%85%AC",
        "http://x.gov.cn/公开/年报.pdf",
        "http://x.gov.cn/#/list/3",
    ):
        assert clean_address(address) == address
    assert clean_address("http://x.gov.cn/a?b=1&amp;c=2") == "http://x.gov.cn/a?b=1&c=2"


def test_other_forms_are_tried_in_turn() -> None:
    """A fragment may be that of a browser, and a percent sign may have been encoded twice."""
    assert address_forms(f"{ADDRESS}#top")[-1] == ADDRESS
    assert address_forms("http://x.gov.cn/%25E5%2585")[-1] == "http://x.gov.cn/%E5%85"
    assert address_forms(ADDRESS) == (ADDRESS,)


@pytest.mark.parametrize(
    "pasted",
    [
        ADDRESS.replace("www.hexi", "WWW.Hexi"),
        ADDRESS.replace("gov.cn", "gov.cn:80"),
        ADDRESS.replace("gov.cn", "gov.cn."),
        f"{ADDRESS}?from=timeline&isappinstalled=0",
        f"{ADDRESS}?utm_source=mail&utm_medium=b#top",
        f"  {ADDRESS.replace('gov.cn', 'GOV.CN')}?spm=1.2.3#top ",
    ],
)
def test_hosts_are_written_in_many_ways_and_chats_append_parameters(pasted: str) -> None:
    assert ADDRESS in address_forms(pasted)


def test_parameters_of_a_portal_stay() -> None:
    """What may name the page is never taken away, nor is a port of its own."""
    for address in (
        f"{ADDRESS}?id=7&from=list",
        f"{ADDRESS}?from=timeline7",
        "https://hexi.gov.cn:80/a",
        "http://hexi.gov.cn:8080/a",
    ):
        assert address_forms(address) == (address,)
    assert f"{ADDRESS}?id=7&p=2" in address_forms(f"{ADDRESS}?id=7&utm_source=x&p=2")


@pytest.mark.parametrize(
    "words", ["三审三校", "2024", "平罗县 2024", "640221-a-2024", "a.b", "", "。"]
)
def test_words_are_no_address(words: str) -> None:
    assert not is_address(words)


def test_variants_and_bounds() -> None:
    assert len(set(variants("http://hexi.gov.cn"))) == 4
    assert "https://www.hexi.gov.cn/" in variants("http://hexi.gov.cn")
    assert variants("http://[") == ("http://[",)
    assert len(clean_address("http://a.gov.cn/" + "(" * 3 * LONGEST)) <= LONGEST
