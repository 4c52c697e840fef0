"""What a record of another program says, made out of its bytes alone and always in the same way.

The record is kept as it is; whoever reads it reads it through here. Programs differ in what they keep:
framing of chunked bodies, the names of headers that do not fit a decoded body any more, the label and
the alphabet of digests, addresses of a replay instead of those of the page. Nothing that a record says
about us is believed: it has no site, no run and no address of ours.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from gongkai.crawler.foreign.chunked_body import is_called_chunked, join_chunks
from gongkai.crawler.foreign.payload_digests import is_digest_of, plain_digest
from gongkai.crawler.foreign.record_head import (
    STATUS_LINE,
    VERSION_LINE,
    HeaderList,
    UnusableRecord,
    header_value,
    split_head,
    utc_second,
    web_address,
)
from gongkai.crawler.foreign.replayed_page import original_page
from gongkai.crawler.warc.content_coding import BLANKS, MARKS, decode_content
from gongkai.crawler.warc.parse import DamagedRecord, WarcRecord, gzip_members

MAX_ID_CHARS = 200

CUT_LENGTHS = {1 << 20}
"""Common Crawl cut bodies at this length for years before it said so of each."""

WANTED_KINDS = ("response", "revisit", "resource")


@dataclass(frozen=True, slots=True)
class Reference:
    """The earlier record that a revisit means: by its id, by address and time, or by its payload."""

    id: str = ""
    url: str = ""
    date: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A record as it is to be read, and how it differs from what is kept.

    `record` has the id that follows from the bytes, the address of the page, and the fields that the
    index takes. `remarks` are words: chunks_joined, chunks_torn, digest_of_chunks, digest_unknown,
    replayed, rewritten, imprecise_date.
    """

    record: WarcRecord
    stated_id: str
    refers: Reference
    remarks: tuple[str, ...] = ()


def read_foreign(content: bytes) -> ForeignRecord:
    """Return what a record says, which stands whole in `content`.

    Raises:
        UnusableRecord: It is no answer of a web server, or it is damaged.
    """
    fields, block = split_head(content, VERSION_LINE)
    kind = header_value(fields, "WARC-Type").lower()
    if kind not in WANTED_KINDS:
        raise UnusableRecord("kind")
    length = _length(fields)
    if len(block) < length:
        raise UnusableRecord("torn")
    whole = content[: len(content) - len(block) + length]
    block = block[:length]
    url = web_address(header_value(fields, "WARC-Target-URI"))
    date, is_precise = _date(header_value(fields, "WARC-Date"))
    remarks = [] if is_precise else ["imprecise_date"]
    _compare_block(fields, block)
    if kind == "resource":
        status, payload = 0, block
        headers: HeaderList = (("Content-Type", header_value(fields, "Content-Type")),)
    else:
        status, headers, payload = _answer(block)
    if kind != "revisit":
        payload, found = _whole_payload(
            headers, payload, header_value(fields, "WARC-Payload-Digest")
        )
        remarks += found
    if page := original_page(url, headers, payload, decode_content):
        url, headers, payload = web_address(page.url), page.headers, page.payload
        date, remarks = page.date or date, [*remarks, *page.remarks]
    headers = without_wrong_coding(headers, payload)
    cut = "" if kind == "revisit" else _cut(fields, payload, remarks)
    digest = header_value(fields, "WARC-Payload-Digest").strip()
    record = WarcRecord(
        kind=kind,
        id=record_id(whole),
        url=url,
        date=date,
        fields=_own_fields(digest, cut, header_value(headers, "Content-Type")),
        status=status,
        headers=headers,
        payload=payload,
    )
    stated = header_value(fields, "WARC-Record-ID").strip("<> \t")[:MAX_ID_CHARS]
    return ForeignRecord(record, stated, _reference(fields, url, digest), tuple(remarks))


def read_foreign_at(stream: BinaryIO, offset: int) -> WarcRecord:
    """Return the record that starts at an offset of a file of imports, as it is to be read.

    Raises:
        DamagedRecord: No whole record starts there.
    """
    stream.seek(offset)
    for _, _, content in gzip_members(stream):
        try:
            return read_foreign(content).record
        except UnusableRecord as problem:
            raise DamagedRecord("record_malformed") from problem
    raise DamagedRecord("record_incomplete")


def record_id(whole: bytes) -> str:
    """Return the id under which a record of another program is kept: the same for the same bytes."""
    return hashlib.sha256(b"gongkai:foreign:" + whole).hexdigest()[:32]


def without_wrong_coding(headers: HeaderList, payload: bytes) -> HeaderList:
    """Return headers without a content coding where the payload is plain already.

    Programs that keep decoded bodies do not always rename the header.
    """
    if not payload.lstrip(BLANKS).startswith(MARKS):
        return tuple(headers)
    return tuple(each for each in headers if each[0].lower() != "content-encoding")


def _answer(block: bytes) -> tuple[int, HeaderList, bytes]:
    line = STATUS_LINE.match(block)
    if line is None:
        raise UnusableRecord("not_http")
    headers, payload = split_head(block, STATUS_LINE)
    return int(line[1]), headers, payload


def _compare_block(fields: HeaderList, block: bytes) -> None:
    """Compare the block with its own digest, where there is no digest of the payload to tell more.

    Raises:
        UnusableRecord: It is not what its digest was taken of.
    """
    stated = header_value(fields, "WARC-Block-Digest")
    if plain_digest(header_value(fields, "WARC-Payload-Digest")) or not plain_digest(stated):
        return
    if not is_digest_of(stated, block):
        raise UnusableRecord("digest")


def _whole_payload(headers: HeaderList, payload: bytes, digest: str) -> tuple[bytes, list[str]]:
    """Return a payload without framing, and remarks on how it is kept.

    Raises:
        UnusableRecord: It is not what its digest was taken of.
    """
    joined = join_chunks(payload) if is_called_chunked(headers) else None
    forms = [payload, payload.removeprefix(b"\r\n"), *(joined[:1] if joined else ())]
    match = [is_digest_of(digest, form) for form in forms]
    remarks = []
    if not any(match):
        if plain_digest(digest) and not any(
            is_digest_of(digest, decode_content(headers, form)) for form in forms
        ):
            raise UnusableRecord("digest")
        remarks += ["digest_unknown"] if digest else []
    if joined is None:
        # an empty line too many behind the headers (Common Crawl, 2018): the digest tells
        return (forms[1] if match[1] and not match[0] else payload), remarks
    text, is_complete = joined
    remarks.append("chunks_joined" if is_complete else "chunks_torn")
    if match[0] and not match[-1]:
        remarks.append("digest_of_chunks")
    return text, remarks


def _cut(fields: HeaderList, payload: bytes, remarks: list[str]) -> str:
    """Return why a body is not whole, "" where it is."""
    stated = re.sub(r"[^a-z]", "", header_value(fields, "WARC-Truncated").lower())[:20]
    if stated:
        return stated
    if "chunks_torn" in remarks:
        return "disconnect"
    return "length" if len(payload) in CUT_LENGTHS else ""


def _own_fields(digest: str, cut: str, media_type: str) -> HeaderList:
    named = {
        "WARC-Payload-Digest": plain_digest(digest) or digest[:MAX_ID_CHARS],
        "WARC-Truncated": cut,
        "Content-Type": media_type,
    }
    return tuple((name, value) for name, value in named.items() if value)


def _reference(fields: HeaderList, url: str, digest: str) -> Reference:
    if header_value(fields, "WARC-Type").lower() != "revisit":
        return Reference()
    target, date = header_value(fields, "WARC-Refers-To-Target-URI"), ""
    if stated := header_value(fields, "WARC-Refers-To-Date"):
        date, _ = _date(stated)
    try:
        target = web_address(target) if target else url
    except UnusableRecord:
        target = ""
    profile = header_value(fields, "WARC-Profile")
    is_identical = "not-modified" not in profile
    return Reference(
        id=header_value(fields, "WARC-Refers-To").strip("<> \t")[:MAX_ID_CHARS],
        url=target if date else "",
        date=date,
        digest=plain_digest(digest) if is_identical else "",
    )


def _date(text: str) -> tuple[str, bool]:
    found = utc_second(text)
    if found is None:
        raise UnusableRecord("date")
    return found


def _length(fields: HeaderList) -> int:
    length = header_value(fields, "Content-Length")
    if not (length.isascii() and length.isdecimal()) or len(length) > 18:
        raise UnusableRecord("malformed")
    return int(length)


def is_not_modified(foreign: ForeignRecord) -> bool:
    """Return whether a server said that its document is as before."""
    return foreign.record.status == HTTPStatus.NOT_MODIFIED
