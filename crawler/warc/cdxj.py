"""CDXJ files: the index in which replay tools such as pywb look up addresses, one for each WARC file.

    gov,pingluo)/xxgk/ 20260120020000 {"url": "http://www.pingluo.gov.cn/xxgk/", "status": "200", …}

A CDXJ file is made from the WARC file alone; the index of the crawl is `crawler/warc/index.py`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from gongkai.crawler.warc.file import WARC_SUFFIX
from gongkai.crawler.warc.import_notes import ImportedRecord, walk_imports
from gongkai.crawler.warc.parse import (
    DamagedRecord,
    WarcRecord,
    header_value,
    parse_record,
    readable_members,
)
from gongkai.crawler.warc.trust import IMPORTS, is_own_file
from gongkai.regular_file import open_regular

CDXJ_FOLDER = "cdxj"
INDEXED_KINDS = ("response", "revisit", "resource")
WWW_PREFIX = re.compile(r"^www\d*\.")
SESSION_ID = re.compile(r";jsessionid=[0-9a-z]+$")


def write_missing(folder: Path) -> list[Path]:
    """Write the CDXJ files that do not exist yet, for WARC files that are closed; return their paths."""
    target = folder / CDXJ_FOLDER
    target.mkdir(exist_ok=True)
    written = []
    own = folder.glob(f"*{WARC_SUFFIX}")
    for warc in sorted([*own, *(folder / IMPORTS).glob(f"*{WARC_SUFFIX}")]):
        if not is_own_file(warc):
            continue
        path = target / (warc.name.removesuffix(WARC_SUFFIX) + ".cdxj")
        if not path.exists():
            is_import = warc.parent.name == IMPORTS
            lines = import_lines(warc) if is_import else cdxj_lines(warc)
            _write_file(path, "".join(lines))
            written.append(path)
    return written


def import_lines(warc: Path) -> list[str]:
    """Return the lines of one WARC file of imports, sorted: addresses and dates as we read them."""
    name = f"{IMPORTS}/{warc.name}"
    return sorted(
        line
        for item in walk_imports(warc)
        if isinstance(item, ImportedRecord)
        and (line := cdxj_line(name, item.offset, item.offset + item.length, item.foreign.record))
    )


def remove_index(folder: Path, warc: str) -> None:
    """Remove the CDXJ file of a WARC file that is no more.

    Raises:
        OSError: It cannot be removed.
    """
    name = warc.removesuffix(WARC_SUFFIX) + ".cdxj"
    (folder / CDXJ_FOLDER / name).unlink(missing_ok=True)


def cdxj_lines(warc: Path) -> list[str]:
    """Return the lines of one WARC file, sorted."""
    with open_regular(warc) as file:
        found = [
            line
            for start, end, content in readable_members(file)
            for line in _line(warc.name, start, end, content)
        ]
    return sorted(found)


def _line(name: str, start: int, end: int, content: bytes) -> Iterator[str]:
    try:
        record = parse_record(content)
    except DamagedRecord:
        return
    if line := cdxj_line(name, start, end, record):
        yield line


def cdxj_line(name: str, start: int, end: int, record: WarcRecord) -> str:
    """Return the line of a record between two offsets of a file, "" where replay does not need it."""
    # "not modified" has no document of its own: replay shows the nearest copy, which it confirmed
    if record.kind not in INDEXED_KINDS or record.status == HTTPStatus.NOT_MODIFIED:
        return ""
    stamp = re.sub(r"\D", "", record.date)[:14]
    fields = {
        "url": record.url,
        "mime": _mime(record),
        "status": str(record.status) if record.status else "-",
        "digest": record.field("WARC-Payload-Digest"),
        "length": str(end - start),
        "offset": str(start),
        "filename": name,
    }
    # replay tools find an answer to a POST by the address with its body
    return f"{surt(record.address)} {stamp} {json.dumps(fields, ensure_ascii=False)}\n"


def _mime(record: WarcRecord) -> str:
    if record.kind == "revisit":
        return "warc/revisit"
    given = record.field("Content-Type")
    if record.kind == "response":
        given = header_value(record.headers, "Content-Type")
    return given.partition(";")[0].strip().lower() or "unk"


def surt(url: str) -> str:
    """Return an address as replay tools sort it: the host reversed, lower case, without www.

    >>> surt("http://www.pingluo.gov.cn:80/Xxgk/?b=2&a=1")
    'cn,gov,pingluo)/xxgk?a=1&b=2'
    """
    parts = urlsplit(url.lower())
    if not parts.netloc:
        return url.lower()
    host = ",".join(reversed(WWW_PREFIX.sub("", parts.hostname or "").split(".")))
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != default else ""
    path = SESSION_ID.sub("", parts.path)
    path = path.rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{host}{port}){path}" + (f"?{query}" if query else "")


def _write_file(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
