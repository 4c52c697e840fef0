"""Reading the answer of a timestamping authority (RFC 3161), whatever the order of its certificates.

A signed token has its certificates as a set, which DER sorts. `openssl ts`, and authorities that are
built on it, write them in another order, which the library refuses. The signature does not cover this
set, so that it is sorted in memory before the library sees it; what is kept stays as it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from rfc3161_client import PKIStatus, TimeStampResponse, decode_timestamp_response

from gongkai.errors import GongkaiError

MAX_ANSWER_BYTES = 256 << 10
"""Size of the largest answer that is read; one with a long chain of certificates has 10 kB."""

SEQUENCE, CONTEXT_0 = 0x30, 0xA0
"""The tags of a sequence, and of the field of number 0 around which others stand."""

DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)
"""What the libraries raise for bytes that are not built as they should be."""


class StampDamaged(GongkaiError):
    """An answer is not one of an authority, or holds no token."""


@dataclass(frozen=True, slots=True)
class StampFacts:
    """What a token says: when, of which digest, in answer to which number, by whom."""

    time: datetime  # in UTC
    digest: str  # hex, of SHA-256, SHA-384 or SHA-512
    nonce: int | None
    serial: int
    authority: str  # the name in the certificate that signed
    response: TimeStampResponse


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of DER: its tag, where it begins, where its content begins, and where it ends."""

    tag: int
    start: int
    content: int
    end: int


def read_answer(answer: bytes) -> StampFacts:
    """Return what an answer says.

    Raises:
        StampDamaged: It is no answer with a token.
    """
    if len(answer) > MAX_ANSWER_BYTES:
        raise StampDamaged("stamp_too_large")
    try:
        response = decode_timestamp_response(sort_certificates(answer))
        if response.status != PKIStatus.GRANTED:
            why = "; ".join(response.status_string) or str(response.status)
            raise StampDamaged("stamp_refused", why=why[:200])
        info = response.tst_info
        signers = list(response.signed_data.signer_infos)
        return StampFacts(
            time=info.gen_time.astimezone(UTC),
            digest=info.message_imprint.message.hex(),
            nonce=info.nonce,
            serial=info.serial_number,
            authority=signers[0].issuer.rfc4514_string() if signers else "",
            response=response,
        )
    except DAMAGE as problem:
        # what the library says of bytes is of no use to an operator
        raise StampDamaged("stamp_no_answer", n=len(answer)) from problem


def sort_certificates(answer: bytes) -> bytes:
    """Return an answer with the certificates of its token in the order of DER.

    Raises:
        ValueError: It is not built as an answer is.
    """
    outer = _element(answer, 0, len(answer))
    parts = list(_elements(answer, outer))
    if len(parts) < 2:
        return answer  # refused: there is no token
    token = list(_elements(answer, parts[1]))
    if len(token) < 2:
        raise ValueError("no content in the token")
    signed = next(_elements(answer, token[1]))
    certificates = next((each for each in _elements(answer, signed) if each.tag == CONTEXT_0), None)
    if certificates is None:
        return answer
    found = sorted(answer[each.start : each.end] for each in _elements(answer, certificates))
    return answer[: certificates.content] + b"".join(found) + answer[certificates.end :]


def _elements(data: bytes, parent: _Element) -> Iterator[_Element]:
    place = parent.content
    while place < parent.end:
        found = _element(data, place, parent.end)
        yield found
        place = found.end


def _element(data: bytes, start: int, end: int) -> _Element:
    """Return the element that begins at an offset.

    Raises:
        ValueError: There is none, or it is longer than what is around it.
    """
    if start + 2 > end:
        raise ValueError("the answer ends inside an element")
    size, content = data[start + 1], start + 2
    if size == 0x80 or size > 0x84:
        raise ValueError("the length of an element is not that of DER")
    if size > 0x80:
        width = size - 0x80
        size = int.from_bytes(data[content : content + width], "big")
        content += width
    if content + size > end:
        raise ValueError("an element is longer than the answer")
    return _Element(data[start], start, content, content + size)
