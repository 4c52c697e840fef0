"""Similarity of texts: their shingles of five characters, and a MinHash sketch of those."""

from __future__ import annotations

from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray

WIDTH = 5
BANDS, ROWS = 16, 6
"""A pair alike to 0.85 falls into a common band 1,999 times in 2,000; the likest are then compared."""

LIKELY = 0.7
"""The share of a sketch from which two texts may be alike to 0.85: four deviations below."""
MOST = 20
"""Of many somewhat similar texts (the template of a region) only the most similar are compared."""

_PRIME = np.uint64(1_000_003)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_BASE = MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=int, scheme="affine32")

Shingles = NDArray[np.uint64]


def shingles(text: str) -> Shingles:
    """Return the hashes of all shingles of a text, sorted, each once."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(codes) < WIDTH:
        return np.empty(0, dtype=np.uint64)
    rolled = np.zeros(len(codes) - WIDTH + 1, dtype=np.uint64)
    for place in range(WIDTH):
        rolled = rolled * _PRIME + codes[place : place + len(rolled)]
    return np.unique((rolled * _MIX) >> _HALF)


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the share of shingles that two texts have in common: 1.0 is the same text."""
    if not len(one) or not len(other):
        return 0.0
    common = len(np.intersect1d(one, other, assume_unique=True))
    return float(common / (len(one) + len(other) - common))


def minhash_sketch(of: Shingles) -> bytes:
    """Return a sketch of 384 bytes, from which similarity can be estimated."""
    made = MinHash(
        num_perm=BANDS * ROWS,
        seed=1,
        hashfunc=int,
        permutations=_BASE.permutations,
        scheme="affine32",
    )
    made.update_batch(of.tolist())
    return bytes(np.asarray(made.hashvalues, dtype="<u4").tobytes())


class SketchIndex:
    """Finds the sketches that are probably similar to a given one."""

    def __init__(self) -> None:
        self._lsh: Any = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
        self._kept: dict[str, bytes] = {}

    def add(self, key: str, kept: bytes) -> None:
        """Add a sketch under a name."""
        self._lsh.insert(key, _opened(kept), check_duplication=False)
        self._kept[key] = kept

    def near(self, kept: bytes) -> list[str]:
        """Return the names of probably similar sketches, the most similar first, MOST at most."""
        keys = sorted(self._lsh.query(_opened(kept)))
        if not keys:
            return []
        others = np.frombuffer(b"".join(self._kept[key] for key in keys), dtype="<u4")
        same = others.reshape(len(keys), -1) == np.frombuffer(kept, dtype="<u4")
        shares = same.mean(axis=1)
        order = np.argsort(-shares, kind="stable")[:MOST]
        return [keys[place] for place in order if shares[place] >= LIKELY]


def _opened(kept: bytes) -> Any:
    return MinHash(
        num_perm=BANDS * ROWS,
        seed=1,
        hashfunc=int,
        hashvalues=np.frombuffer(kept, dtype="<u4"),
        permutations=_BASE.permutations,
        scheme="affine32",
    )
