"""Composing WARC records as bytes that a file takes in one write.

Each record is one gzip member. They are composed in memory, so that a writer can put a request and
its answer on disk in one write. The standard is WARC/1.1 (ISO 28500:2017).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from uuid import UUID

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from gongkai.crawler.warc.parse import ADDRESS_FIELD, ROLE_FIELD, HeaderList

WARC_VERSION = "WARC/1.1"
PROFILES = {
    "identical": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
    "not-modified": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
}
RUN_TYPE = "application/vnd.gongkai.run+json"
"""Content-Type of the metadata record with the result of a run."""

NOTE_TYPE = "application/vnd.gongkai.note+json"
"""Content-Type of the metadata record behind an answer, with what the crawl found it to be."""

UNITS_TYPE = "application/vnd.gongkai.units+json"
"""Content-Type of the metadata record behind an answer, with the agencies that it names first."""

FACTS_TYPE = "application/vnd.gongkai.facts+json"
"""Content-Type of the metadata record behind a document from disk, with the facts stated of it."""

IMPORT_TYPE = "application/vnd.gongkai.import+json"
"""Content-Type of the metadata record behind a record of another program, with where it came from."""

RENDERED_TYPE = "text/html; charset=utf-8"
"""Content-Type of the conversion record of a page after its scripts ran."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as bytes.

    `*_head` are start line and header lines with CRLF. The bodies are as sent: the content coding
    is kept, chunks are joined. `body_address` is the address with the body of a POST, under which the
    answer is indexed; "" where that is `url`. `role` is `PART` for a part of a page, else "".
    """

    url: str
    fetched_at: str  # UTC, ISO, seconds, Z
    status: int
    request_head: bytes
    response_head: bytes
    body: bytes
    request_body: bytes = b""
    ip: str = ""
    truncated: str = ""  # a reason of the standard: length, time, disconnect, unspecified
    body_address: str = ""
    role: str = ""

    @property
    def address(self) -> str:
        """The address under which the answer is indexed."""
        return self.body_address or self.url


@dataclass(frozen=True, slots=True)
class RevisitTarget:
    """The earlier record that a revisit, or a rendered page, refers to."""

    id: str
    url: str
    fetched_at: str
    payload: str  # its WARC-Payload-Digest


class _RawHead(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """Header lines that are written unchanged: warcio would percent-encode those not in ASCII."""

    def __init__(self, head: bytes) -> None:
        super().__init__("as in the head", [])  # an empty status line would count as no headers
        self._head = head

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self._head


def payload_digest(payload: bytes) -> str:
    """Return the digest of a payload in the form of WARC-Payload-Digest."""
    return "sha256:" + hashlib.sha256(payload).hexdigest()


def http_head(start_line: str, headers: HeaderList) -> bytes:
    """Return start line and header lines as in an HTTP message, with the blank line behind them."""
    lines = [start_line, *(f"{name}: {value}" for name, value in headers)]
    # latin-1 restores exactly the bytes that the headers were decoded from
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def status_line(protocol: str, status: int) -> str:
    """Return the first line of an answer.

    Its reason phrase is the standard one, since the HTTP client does not pass on the one sent.
    """
    reasons = {member.value: member.phrase for member in HTTPStatus}
    return f"{protocol or 'HTTP/1.1'} {status} {reasons.get(status, '')}".rstrip()


def compose_exchange(exchange: Exchange, record_id: str, original: RevisitTarget | None) -> bytes:
    """Return the records of an answer and its request, the answer first.

    With an `original`, the answer becomes a revisit record that refers to it.
    """
    out, writer = _writer()
    fields = _fields(record_id, exchange.fetched_at)
    if exchange.ip:
        fields["WARC-IP-Address"] = exchange.ip
    if exchange.truncated:
        fields["WARC-Truncated"] = exchange.truncated
    if exchange.address != exchange.url:
        fields[ADDRESS_FIELD] = exchange.address
    if exchange.role:
        fields[ROLE_FIELD] = exchange.role
    if original is None:
        fields["WARC-Payload-Digest"] = payload_digest(exchange.body)
    else:
        not_modified = exchange.status == HTTPStatus.NOT_MODIFIED
        fields |= {
            "WARC-Profile": PROFILES["not-modified" if not_modified else "identical"],
            "WARC-Refers-To": _urn(original.id),
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": original.fetched_at,
            "WARC-Payload-Digest": original.payload,
        }
    response = writer.create_warc_record(
        exchange.url,
        "response" if original is None else "revisit",
        payload=BytesIO(b"" if original else exchange.body),
        length=0 if original else len(exchange.body),
        http_headers=_RawHead(exchange.response_head),
        warc_headers_dict=fields,
    )
    request = writer.create_warc_record(
        exchange.url,
        "request",
        payload=BytesIO(exchange.request_body),
        length=len(exchange.request_body),
        http_headers=_RawHead(exchange.request_head),
        warc_headers_dict=_fields(derive_record_id(record_id), exchange.fetched_at)
        | {"WARC-Concurrent-To": _urn(record_id)},
    )
    writer.write_record(response)
    writer.write_record(request)
    return out.getvalue()


def compose_resource(
    url: str, body: bytes, media_type: str, record_id: str, fetched_at: str
) -> bytes:
    """Return the record of a document that came without an HTTP exchange."""
    fields = _fields(record_id, fetched_at)
    return _compose_document("resource", url, body, media_type, fields)


def compose_rendering(
    url: str, html: bytes, record_id: str, fetched_at: str, original: RevisitTarget
) -> bytes:
    """Return the record of a page after its scripts ran; it refers to the answer that they were in."""
    fields = _fields(record_id, fetched_at) | {
        "WARC-Refers-To": _urn(original.id),
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": original.fetched_at,
    }
    return _compose_document("conversion", url, html, RENDERED_TYPE, fields)


def _compose_document(
    kind: str, url: str, body: bytes, media_type: str, fields: dict[str, str]
) -> bytes:
    """Return a record of a document without HTTP headers."""
    out, writer = _writer()
    writer.write_record(
        writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            warc_content_type=media_type,
            warc_headers_dict=fields | {"WARC-Payload-Digest": payload_digest(body)},
        )
    )
    return out.getvalue()


def compose_facts(record_id: str, url: str, date: str, facts: Mapping[str, str]) -> bytes:
    """Return the record of facts about a document; it is written behind the document's record."""
    refers = {"WARC-Refers-To": _urn(record_id)}
    return _metadata(url, FACTS_TYPE, _fields(derive_record_id(record_id), date) | refers, facts)


def compose_note(snapshot: str, url: str, date: str, note: Mapping[str, object]) -> bytes:
    """Return the record of the crawl's note on an answer; it refers to the answer's record."""
    fields = _fields(derive_record_id(f"note:{snapshot}"), date) | {
        "WARC-Refers-To": _urn(snapshot)
    }
    return _metadata(url, NOTE_TYPE, fields, note)


def compose_units(snapshot: str, url: str, date: str, names: Sequence[str]) -> bytes:
    """Return the record of the agencies that an answer names; it refers to the answer's record."""
    record_id = derive_record_id(f"units:{snapshot}:{' '.join(names)}")
    fields = _fields(record_id, date) | {"WARC-Refers-To": _urn(snapshot)}
    return _metadata(url, UNITS_TYPE, fields, {"names": list(names)})


def compose_import(snapshot: str, url: str, date: str, note: Mapping[str, object]) -> bytes:
    """Return the record of where a record of another program came from; it stands behind that one."""
    return _metadata(url, IMPORT_TYPE, _fields(derive_record_id(f"import:{snapshot}"), date), note)


def compose_run(run_id: str, finished: str, run: Mapping[str, object]) -> bytes:
    """Return the metadata record with the result of a run; its address names the run."""
    return _metadata(
        f"urn:uuid:{UUID(run_id)}", RUN_TYPE, _fields(derive_record_id(run_id), finished), run
    )


def compose_warcinfo(filename: str, date: str, info: Mapping[str, str]) -> bytes:
    """Return the record that opens a file."""
    out, writer = _writer()
    block = "".join(f"{name}: {value}\r\n" for name, value in info.items() if value).encode()
    fields = _fields(derive_record_id(filename), date) | {"WARC-Filename": filename}
    writer.write_record(
        writer.create_warc_record(
            "", "warcinfo", payload=BytesIO(block), length=len(block), warc_headers_dict=fields
        )
    )
    return out.getvalue()


def derive_record_id(seed: str) -> str:
    """Return the id of a record that belongs to another one: the same for the same seed."""
    return hashlib.sha256(f"gongkai:{seed}".encode()).hexdigest()[:32]


def _metadata(
    url: str, content_type: str, fields: dict[str, str], content: Mapping[str, object]
) -> bytes:
    out, writer = _writer()
    body = json.dumps(dict(content), ensure_ascii=False, sort_keys=True).encode()
    writer.write_record(
        writer.create_warc_record(
            url,
            "metadata",
            payload=BytesIO(body),
            length=len(body),
            warc_content_type=content_type,
            warc_headers_dict=fields,
        )
    )
    return out.getvalue()


def _writer() -> tuple[BytesIO, WARCWriter]:
    out = BytesIO()
    return out, WARCWriter(out, gzip=True, warc_version=WARC_VERSION)


def _fields(record_id: str, date: str) -> dict[str, str]:
    return {"WARC-Record-ID": _urn(record_id), "WARC-Date": date}


def _urn(record_id: str) -> str:
    return f"<urn:uuid:{UUID(record_id)}>"
