"""Similarity of texts: their shingles of five characters, and a MinHash sketch of those."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from gongkai.archive.checks.bands import BANDS, ROWS

WIDTH = 5

LIKELY = 0.7
"""The share of a sketch from which two texts may be alike to 0.85: four deviations below."""
MOST = 20
"""Of many somewhat similar texts (the template of a region) only the most similar are compared."""

_PRIME = np.uint64(1_000_003)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_BASE = MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=int, scheme="affine32")
_FACTORS, _SUMMANDS = _BASE.permutations
_STIRRED = ((16, 0x85EBCA6B), (13, 0xC2B2AE35))
"""Shift and factor of the steps of MurmurHash3's finalizer, by which datasketch mixes 32 bits."""

Shingles = NDArray[np.uint32]


def shingles(text: str) -> Shingles:
    """Return the hashes of all shingles of a text, sorted, each once."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(codes) < WIDTH:
        return np.empty(0, dtype=np.uint32)
    rolled = np.zeros(len(codes) - WIDTH + 1, dtype=np.uint64)
    for place in range(WIDTH):
        rolled *= _PRIME
        rolled += codes[place : place + len(rolled)]
    rolled *= _MIX
    rolled >>= _HALF
    found = np.sort(rolled.astype(np.uint32))  # much faster than numpy.unique
    return found[np.concatenate(([True], found[1:] != found[:-1]))]


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the share of shingles that two texts have in common: 1.0 is the same text."""
    if not len(one) or not len(other):
        return 0.0
    both = np.sort(np.concatenate((one, other)))
    common = int(np.count_nonzero(both[1:] == both[:-1]))
    return common / (len(one) + len(other) - common)


def minhash_sketch(of: Shingles) -> bytes:
    """Return a sketch of 384 bytes, from which similarity can be estimated.

    It is that of datasketch, whose own function takes three times as long for a text.
    """
    if not len(of):
        return bytes(_BASE.hashvalues.astype("<u4").tobytes())
    mixed = of.copy()
    for shift, factor in _STIRRED:
        mixed ^= mixed >> np.uint32(shift)
        mixed *= np.uint32(factor)
    mixed ^= mixed >> np.uint32(16)
    permuted = np.multiply.outer(_FACTORS, mixed)
    permuted += _SUMMANDS[:, np.newaxis]
    return bytes(permuted.min(axis=1).astype("<u4").tobytes())


def most_similar(sketch: bytes, others: Mapping[str, bytes]) -> list[str]:
    """Return the names of the sketches that are probably similar, the most similar first, MOST at most."""
    keys = sorted(others)
    if not keys:
        return []
    known = np.frombuffer(b"".join(others[key] for key in keys), dtype="<u4")
    found = shares(sketch, known.reshape(len(keys), -1))
    order = np.argsort(-found, kind="stable")[:MOST]
    return [keys[place] for place in order if found[place] >= LIKELY]


def shares(sketch: bytes, others: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return what share of a sketch each of others has, one a row."""
    same = others == np.frombuffer(sketch, dtype="<u4")
    found: NDArray[np.float64] = np.count_nonzero(same, axis=1) / others.shape[1]
    return found
