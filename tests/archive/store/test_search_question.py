"""What a question asks for: words, phrases in quotation marks, AND, OR, NOT and the minus sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.store.search_question import MAX_PHRASES, parse, pieces


def told(question: str) -> str:
    """Return the meaning of a question in one line: groups side by side, then what is excluded."""
    asked = parse(question)
    groups = ["|".join("".join(phrase) for phrase in group) for group in asked.groups]
    return " ".join([*groups, *(f"-{''.join(phrase)}" for phrase in asked.excluded)])


@pytest.mark.parametrize(
    ("question", "meaning"),
    [
        ("复议 2024", "复议 2024"),
        ('"不予 公开"', "不予公开"),
        ("“不予 公开” 税", "不予公开 税"),
        ("”不予 公开“ 税", "不予公开 税"),
        ("「不予」公开", "不予 公开"),
        ("『不予 公开』公开", "不予公开 公开"),
        ("＂不予 公开＂", "不予公开"),
        ("抓好“三审三校”制度", "抓好三审三校制度"),
        ('"开着', "开着"),
        ('"" - * ', ""),
        ("复议 AND 诉讼", "复议 诉讼"),
        ("复议 OR 诉讼 税", "复议|诉讼 税"),
        ("税 复议 OR 诉讼 OR 信访", "税 复议|诉讼|信访"),
        ("复议 NOT 诉讼", "复议 -诉讼"),
        ("复议 -诉讼 －信访", "复议 -诉讼 -信访"),
        ('复议 -"行政 诉讼"', "复议 -行政诉讼"),
        ("复议 －“行政 诉讼”", "复议 -行政诉讼"),
        ("-复议", "-复议"),
        ("复议 ＯＲ 诉讼", "复议|诉讼"),
        ("0952-6095019", "09526095019"),
        ("复议 - 诉讼", "复议 诉讼"),
        ("--复议", "复议"),
        ("terms and conditions or not", "terms and conditions or not"),
        ('"AND" “OR” 「NOT」', "and or not"),
        ("AND", ""),
        ("OR 复议 OR", "复议"),
        ("复议 OR NOT 诉讼 信访", "复议 信访 -诉讼"),
        ("NOT NOT 复议", "-复议"),
        ("复议 OR * 诉讼", "复议|诉讼"),
    ],
)
def test_meaning(question: str, meaning: str) -> None:
    assert told(question) == meaning


TYPED = st.text('公开“”「」『』"＂-－ ANDORNT', max_size=60)


@given(TYPED)
def test_pieces_lie_in_the_question_one_after_the_other(question: str) -> None:
    end = 0
    for piece in pieces(question):
        assert end <= piece.start < piece.end <= len(question)
        assert piece.text in question[piece.start : piece.end]
        assert not question[end : piece.start].strip()
        end = piece.end
    assert not question[end:].strip()


@given(TYPED)
def test_what_one_types_between_quotation_marks_is_one_phrase(question: str) -> None:
    inner = "".join(c for c in question if c not in '"＂')
    asked = parse(f'税 "{inner}x"')
    assert asked.excluded == ()
    assert len(asked.groups) == 2


def test_a_long_question_is_cut() -> None:
    asked = parse("税 OR 费 " * 999 + "-税 " * 999)
    assert len(asked.phrases) + len(asked.excluded) == MAX_PHRASES
