"""Digests of payloads: any of the usual algorithms, in either alphabet, under any label."""

from __future__ import annotations

import base64
import binascii
import hashlib

ALGORITHMS = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16, "sha224": 28, "sha384": 48}
"""Name of an algorithm as the label has it, without a dash, and the bytes of its digests."""

MAX_DIGEST_CHARS = 200


def plain_digest(stated: str) -> str:
    """Return a digest in one form, "algorithm:hex"; "" where it cannot be understood.

    Without a label, the number of bytes tells the algorithm.

    >>> plain_digest("SHA-1:2jmj7l5rSw0yVb/vlWAYkK/YBwk=")
    ''
    >>> plain_digest("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
    'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709'
    """
    label, colon, value = stated.strip()[:MAX_DIGEST_CHARS].rpartition(":")
    digest = _bytes(value.strip())
    if digest is None:
        return ""
    name = label.strip().lower().replace("-", "").replace("_", "")
    if not colon:
        name = next((each for each, size in ALGORITHMS.items() if size == len(digest)), "")
    if ALGORITHMS.get(name) != len(digest):
        return ""
    return f"{name}:{digest.hex()}"


def is_digest_of(stated: str, payload: bytes) -> bool:
    """Return whether a digest that can be understood is that of a payload."""
    name, colon, value = plain_digest(stated).partition(":")
    if not colon:
        return False
    return hashlib.new(name, payload, usedforsecurity=False).hexdigest() == value


def _bytes(value: str) -> bytes | None:
    """Return the bytes that a value stands for, in hexadecimal digits or in base32; None for neither."""
    if not value.isascii():
        return None
    if len(value) in {2 * size for size in ALGORITHMS.values()}:
        try:
            return bytes.fromhex(value)
        except ValueError:
            return _base32(value)  # 32 characters may be the SHA-1 in this alphabet
    return _base32(value)


def _base32(value: str) -> bytes | None:
    try:
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (binascii.Error, ValueError):
        return None
