"""Chinese text as tokens, and hits marked on the text as it was printed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.store import hit_marks, tokenizer
from gongkai.archive.store.hit_marks import Segment, mark, snippet, spans
from gongkai.archive.store.tokenizer import texts_of_tokens, tokens

ALPHABET = '公开复议税２0２40年（）：、，。 \n\tＡaBbé①㈱ß—-."“”「」'
TEXTS = st.text(ALPHABET, max_size=40) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("复议", ["复", "议"]),
        ("2024年", ["2", "0", "2", "4", "年"]),
        ("２０２４年", ["2", "0", "2", "4", "年"]),
        ("0952-6095019", list("09526095019")),
        ("三审三校，PDF文件", ["三", "审", "三", "校", "pdf", "文", "件"]),
        ("Wi-Fi与ＷｉＦｉ", ["wi", "fi", "与", "wifi"]),
        ("⼀⼯", ["一", "工"]),
        ("𠮷〇々ー", ["𠮷", "〇", "々", "ー"]),
        ("\u200b\ue000\ud800 \x00", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.lists(TEXTS, max_size=8))
def test_many_texts_at_once_have_the_tokens_of_each(texts: list[str]) -> None:
    """The marks between texts are of the private use: a text that has them loses them, as ever."""
    found = texts_of_tokens([*texts, "\ue002公\ue002"])

    assert [text.split() for text in found] == [*map(tokens, texts), ["公"]]


@pytest.mark.parametrize("most", range(1, 12))
def test_texts_are_looked_up_some_at_a_time(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(tokenizer, "_AT_ONCE", most)
    texts = ["公开", "", "复议2024年", "e\u0301", "税", "", "ＰＤＦ文件"]

    assert [text.split() for text in texts_of_tokens(texts)] == list(map(tokens, texts))


@pytest.mark.parametrize("beside", ["", "か", "e", "ᄀ", "\u0301", "\u3099", "\u05b4"])
def test_every_character_is_the_same_token_at_once(beside: str) -> None:
    """Also where what stands beside it joins with it, as a mark or the second half of a syllable does."""
    texts = [f"{beside}{chr(code)}{beside}a" for code in range(0x10000)]

    assert [text.split() for text in texts_of_tokens(texts)] == list(map(tokens, texts))


def test_hits_are_marked_on_the_printed_text() -> None:
    text = "本年２０２４年（一）复\n议、pdfs与ＰＤＦ ㈱税务"

    assert mark(text, "2024年 复议 pdf 株") == [
        Segment("本年", hit=False),
        Segment("２０２４年", hit=True),
        Segment("（一）", hit=False),
        Segment("复\n议", hit=True),
        Segment("、pdfs与", hit=False),
        Segment("ＰＤＦ", hit=True),
        Segment(" ", hit=False),
        Segment("㈱", hit=True),
        Segment("税务", hit=False),
    ]


def test_snippet_shows_the_first_hit() -> None:
    text = "前" * 100 + "行政复议" + "后" * 100

    pieces = snippet(text, "复议", 20)

    assert pieces == [
        Segment("…", hit=False),
        Segment("前前前行政", hit=False),
        Segment("复议", hit=True),
        Segment("后" * 13, hit=False),
        Segment("…", hit=False),
    ]


@given(TEXTS, TEXTS)
def test_segments_are_the_text(text: str, question: str) -> None:
    segments = mark(text, question)

    assert "".join(segment.text for segment in segments) == text
    assert all(segment.text for segment in segments)
    assert all(one.hit != other.hit for one, other in pairwise(segments))


@given(TEXTS, TEXTS, TEXTS, st.integers(1, 60))
def test_snippet_of_a_hit_has_a_hit(before: str, hit: str, after: str, length: int) -> None:
    text = before + " " + hit + " " + after
    found = spans(text, hit)

    pieces = snippet(text, hit, length)

    assert any(piece.hit for piece in pieces) == bool(found)


CHARACTERS = st.text("公开复议税年ab２0 ，（", min_size=1, max_size=12)


@given(CHARACTERS, CHARACTERS, CHARACTERS)
def test_whatever_stands_between_spaces_is_found(before: str, word: str, after: str) -> None:
    text = f"{before} {word} {after}"

    assert bool(spans(text, f'"{word}"')) == bool(tokens(word))


def test_usual_texts_are_folded_as_all_others() -> None:
    """Whole, in place of character by character."""
    usual = [chr(code) for code in range(0x110000) if not hit_marks._UNUSUAL.match(chr(code))]

    assert len(usual) > 20_000
    for character in usual:
        assert hit_marks._folded(character) == (hit_marks._fold[ord(character)], range(1))
