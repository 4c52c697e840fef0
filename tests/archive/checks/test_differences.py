"""Where two texts differ, and that it never takes long to say."""

from __future__ import annotations

import time
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.checks.differences import (
    PAIR_STEPS,
    REPORT_STEPS,
    Steps,
    decode_ranges,
    differing_ranges,
    encode_ranges,
)
from gongkai.archive.pipeline.sentence_diff import changed_sentences

TEXTS = st.text(alphabet="甲乙丙丁，。12", max_size=60)


@given(TEXTS, TEXTS)
def test_it_is_difflibs_answer(old: str, new: str) -> None:
    """The bound changes nothing for texts of the usual length."""
    ranges = differing_ranges(old, new, Steps())
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if old and new and matcher.ratio() >= 0.5:
        changed = [each for each in matcher.get_opcodes() if each[0] != "equal"]
        assert ranges[0] == tuple((i, j) for _, i, j, _, _ in changed)
        assert ranges[1] == tuple((k, m) for _, _, _, k, m in changed)
    else:
        assert ranges == tuple(((0, len(text)),) if text else () for text in (old, new))


@given(TEXTS, TEXTS)
def test_it_is_stored_and_read_again(old: str, new: str) -> None:
    for text, ranges in zip((old, new), differing_ranges(old, new, Steps()), strict=True):
        assert decode_ranges(encode_ranges(ranges), len(text)) == ranges


HOSTILE = [
    ("甲乙" * 200, "乙甲甲" * 133),
    ("甲" * 399 + "乙", "乙" + "甲" * 399),
    ("甲乙丙" * 133, "丙甲乙乙" * 100),
    ("".join("甲乙"[n * n % 7 % 2] for n in range(400)), "乙甲" * 200),
]


@pytest.mark.parametrize(("old", "new"), HOSTILE)
def test_hostile_pairs_take_few_steps(old: str, new: str) -> None:
    """Without the bound some of them take seconds each."""
    steps, began = Steps(), time.process_time()
    for _ in range(20):
        differing_ranges(old, new, steps)
    assert REPORT_STEPS - steps.left <= 20 * PAIR_STEPS
    assert time.process_time() - began < 5


def test_steps_are_those_of_all_pairs_together() -> None:
    steps = Steps(1000)
    for _ in range(50):
        differing_ranges(*HOSTILE[0], steps)
    assert 0 <= steps.left <= 1000
    assert differing_ranges("收到1件。", "收到3件。", Steps(0)) == (((0, 5),), ((0, 5),))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("甲。乙。" * 250, "乙。甲。甲。" * 160),
        ("".join(f"{'甲乙' * 190}{n}。" for n in range(400)), "乙甲甲" * 120 + "。"),
        ("".join(f"{'甲乙' * 190}{n}。" for n in range(400)),
         "".join(f"{'乙甲甲' * 125}{n}。" for n in range(400))),
    ],
)  # fmt: skip
def test_hostile_sections_take_few_steps(old: str, new: str) -> None:
    """Sentences of two letters, hundreds of them, each compared with the next ones."""
    steps, began = Steps(), time.process_time()
    changed_sentences(old, new, steps)
    assert steps.left >= 0
    assert time.process_time() - began < 10
