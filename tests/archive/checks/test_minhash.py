"""Sketches find what is probably alike, and no more of it than can be compared."""

from __future__ import annotations

import random

from gongkai.archive.checks.minhash import (
    LIKELY,
    MOST,
    SketchIndex,
    jaccard,
    minhash_sketch,
    shingles,
)

LETTERS = [chr(code) for code in range(0x4E00, 0x5200)]


def text(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(LETTERS, k=length))


def filled(dice: random.Random, count: int, shared: str, own: int) -> SketchIndex:
    """An index of texts that begin with the same words and have so many of their own."""
    index = SketchIndex()
    for number in range(count):
        index.add(f"other-{number}", minhash_sketch(shingles(shared + text(dice, own))))
    return index


def test_of_many_texts_of_one_template_only_the_likest_are_named() -> None:
    """Nine tenths of each are the template's; one is a copy."""
    dice = random.Random(1)
    template = text(dice, 1500)
    index = filled(dice, 300, template, 150)
    ours = template + text(dice, 150)
    copy = ours[:-20] + text(dice, 20)
    index.add("copy", minhash_sketch(shingles(copy)))
    found = index.near(minhash_sketch(shingles(ours)))
    assert found[0] == "copy"
    assert len(found) == MOST


def test_what_is_less_than_likely_is_not_named() -> None:
    dice = random.Random(2)
    half = text(dice, 1000)
    index = filled(dice, 50, half, 1000)
    ours = half + text(dice, 1000)
    assert jaccard(shingles(ours), shingles(half + text(dice, 1000))) < LIKELY
    assert index.near(minhash_sketch(shingles(ours))) == []
