"""Sketches find what is probably alike, and no more of it than can be compared."""

from __future__ import annotations

import random

from datasketch import MinHash

from gongkai.archive.checks.bands import BANDS, ROWS, bands_of
from gongkai.archive.checks.minhash import (
    LIKELY,
    MOST,
    jaccard,
    minhash_sketch,
    most_similar,
    shingles,
)

LETTERS = [chr(code) for code in range(0x4E00, 0x5200)]


def text(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(LETTERS, k=length))


def sketch(words: str) -> bytes:
    return minhash_sketch(shingles(words))


def filled(dice: random.Random, count: int, shared: str, own: int) -> dict[str, bytes]:
    """Return sketches of texts that begin with the same words and have so many of their own."""
    return {f"other-{number}": sketch(shared + text(dice, own)) for number in range(count)}


def test_of_many_texts_of_one_template_only_the_likest_are_named() -> None:
    """Nine tenths of each are the template's; one is a copy."""
    dice = random.Random(1)
    template = text(dice, 1500)
    others = filled(dice, 300, template, 150)
    ours = template + text(dice, 150)
    others["copy"] = sketch(ours[:-20] + text(dice, 20))
    found = most_similar(sketch(ours), others)
    assert found[0] == "copy"
    assert len(found) == MOST


def test_what_is_less_than_likely_is_not_named() -> None:
    dice = random.Random(2)
    half = text(dice, 1000)
    others = filled(dice, 50, half, 1000)
    ours = half + text(dice, 1000)
    assert jaccard(shingles(ours), shingles(half + text(dice, 1000))) < LIKELY
    assert most_similar(sketch(ours), others) == []
    assert most_similar(sketch(ours), {}) == []


def test_copies_share_a_band_and_strangers_do_not() -> None:
    dice = random.Random(3)
    ours = text(dice, 1500)
    bands = set(bands_of(sketch(ours)))
    assert bands & set(bands_of(sketch(ours[:-20] + text(dice, 20))))
    assert not bands & set(bands_of(sketch(text(dice, 1500))))
    assert len(bands) == BANDS
    assert all(0 <= band < 2**63 for band in bands)


def test_sketches_are_those_of_datasketch() -> None:
    dice = random.Random(4)
    for length in (5, 6, 40, 3000):
        of = shingles(text(dice, length))
        theirs = MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=int, scheme="affine32")
        theirs.update_batch(of.tolist())
        assert minhash_sketch(of) == theirs.hashvalues.astype("<u4").tobytes()
    assert len(minhash_sketch(shingles(""))) == 4 * BANDS * ROWS


def test_shingles_are_sorted_and_each_once() -> None:
    """A repeated text has no more of them than the text and where it meets itself."""
    said = text(random.Random(5), 50)
    once, twice = shingles(said), shingles(said + said)
    assert (len(once), len(twice)) == (46, 50)
    assert list(twice) == sorted(set(twice.tolist()))
    assert jaccard(once, twice) == 46 / 50
