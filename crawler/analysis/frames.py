"""How a page goes to the process that analyses it, and how the answer comes back.

A frame is the length of a JSON text, the length of a body, and both. The answer is JSON, since
nothing of a process that has read foreign bytes may be run by the one that asked it.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import Any

from gongkai.crawler.analysis.list_page import ListPage
from gongkai.crawler.analysis.next_pages import NextPage
from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.list_request import ListRequest

HEAD = struct.Struct(">QQ")

MAX_ANSWER_BYTES = 64 << 20
"""The longest answer: `MAX_NEXT` addresses of the longest kind, with their escapes, are below it."""


def pack(content: dict[str, Any], body: bytes = b"") -> bytes:
    """Return a frame."""
    text = json.dumps(content).encode()
    return HEAD.pack(len(text), len(body)) + text + body


def frame_length(received: bytes | bytearray) -> int | None:
    """Return how long the frame is that begins here, None where its head is not whole."""
    if len(received) < HEAD.size:
        return None
    text, body = HEAD.unpack_from(received)
    return HEAD.size + int(text) + int(body)


def unpack(frame: bytes | bytearray) -> tuple[dict[str, Any], bytes]:
    """Return the content and the body of a whole frame."""
    length, _ = HEAD.unpack_from(frame)
    end = HEAD.size + length
    content: dict[str, Any] = json.loads(bytes(frame[HEAD.size : end]))
    return content, bytes(frame[end:])


def pack_page(page: FetchedPage) -> bytes:
    """Return the frame of a page."""
    names = ("url", "status", "content_type", "max_bytes", "wants_owner", "script_files")
    content = {name: getattr(page, name) for name in names}
    return pack(content | {"visit": asdict(page.visit)}, page.body)


def unpack_page(frame: bytes | bytearray) -> FetchedPage:
    """Return the page of a frame."""
    content, body = unpack(frame)
    files = tuple(content["script_files"])
    given = content | {"visit": _visit(content["visit"]), "script_files": files}
    return FetchedPage(**given, body=body)


def pack_analysis(analysis: PageAnalysis) -> bytes:
    """Return the frame of an analysis."""
    return pack(asdict(analysis))


def unpack_analysis(content: dict[str, Any]) -> PageAnalysis:
    """Return the analysis of the content of a frame.

    Raises:
        ValueError: The content is none.
    """
    try:
        found = tuple(
            NextPage(
                str(each["url"]),
                _visit(each["visit"]),
                str(each["post_body"]),
                str(each["unit"]),
                each["relation"],
                str(each["text"]),
            )
            for each in content["next_pages"]
        )
        return PageAnalysis(
            outcome=str(content["outcome"]),
            is_report=bool(content["is_report"]),
            signature=str(content["signature"]),
            limit=str(content["limit"]),
            next_pages=found,
            list_page=ListPage(**content["list_page"]) if content["list_page"] else None,
            owner=str(content["owner"]),
            owner_code=str(content["owner_code"]),
            wanted_scripts=tuple(str(url) for url in content["wanted_scripts"]),
            parts=tuple(str(url) for url in content["parts"]),
        )
    except (KeyError, TypeError) as problem:
        raise ValueError(f"not an analysis: {problem}") from problem


def _visit(fields: dict[str, Any]) -> Visit:
    request = fields["request"] and ListRequest(
        **fields["request"]
        | {
            "headers": tuple(
                (str(name), str(value)) for name, value in fields["request"]["headers"]
            )
        }
    )
    return Visit(**fields | {"role": Role(fields["role"]), "request": request})
