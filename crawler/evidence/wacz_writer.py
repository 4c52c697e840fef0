"""Writing a WACZ file (version 1.1.1): WARC records, their index and a list of pages in one signed ZIP file.

The ZIP file is written to another name and renamed when it is on disk. Everything in it is stored without
compression, so that readers can fetch parts of it by range.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from gongkai.clock import utc_stamp
from gongkai.crawler.evidence.wacz_records import PackedRecord
from gongkai.crawler.evidence.wacz_signature import Signer, sign_digest
from gongkai.crawler.warc.compose import compose_warcinfo
from gongkai.crawler.warc.file import StorageError
from gongkai.errors import cause_of
from gongkai.messages import Message

WACZ_VERSION = "1.1.1"
DATA_NAME = "data.warc.gz"
DATA_PATH = f"archive/{DATA_NAME}"
INDEX_PATH = "indexes/index.cdx"
PAGES_PATH = "pages/pages.jsonl"
ZIP64_BYTES = (1 << 31) - 1
"""Size above which the entry of a file in a ZIP has a field of its own for it, as zipfile writes them."""

PACKAGE_PATH = "datapackage.json"
DIGEST_PATH = "datapackage-digest.json"
UNFINISHED_SUFFIX = ".new"
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class WaczPage:
    """A page that a reader of the package may open. `ts` is its time (UTC, ISO)."""

    url: str
    ts: str
    title: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class WaczAbout:
    """What a package says of itself. `extra` are further files by path, with one folder at most."""

    title: str
    description: str = ""
    created: str = field(default_factory=utc_stamp)
    extra: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaczResult:
    """What was written. `digest` is that of datapackage.json, which is what is signed.

    `unstamped` is why the signer's authority gave no timestamp; the package is whole without one.
    """

    path: Path
    records: int
    pages: int
    bytes: int
    digest: str
    unstamped: Message | None = None


def write_wacz(
    records: Iterable[PackedRecord],
    path: Path,
    pages: Sequence[WaczPage],
    about: WaczAbout,
    signer: Signer | None = None,
) -> WaczResult:
    """Write records as a package; an earlier file of the name is replaced when the new one is whole.

    Raises:
        StorageError: The file cannot be written, or a record cannot be read.
    """
    new = path.with_name(path.name + UNFINISHED_SUFFIX)
    with _removed_on_failure(new), TemporaryFile() as data:
        lines, count = _collect(records, data, about)
        with new.open("wb") as file:
            with ZipFile(file, "w", ZIP_STORED) as package:
                digest, unstamped = _fill(package, data, lines, pages, about, signer)
            file.flush()
            os.fsync(file.fileno())
        size = new.stat().st_size
        new.replace(path)
    return WaczResult(path, count, len(pages), size, digest, unstamped)


def software_name() -> str:
    """Return our name and version as packages state them."""
    try:
        return f"gongkai {version('gongkai-archive')}"
    except PackageNotFoundError:
        return "gongkai"


def _collect(
    records: Iterable[PackedRecord], data: IO[bytes], about: WaczAbout
) -> tuple[list[str], int]:
    """Write records behind a record that opens the file; return the lines of their index, and how many."""
    info = {
        "format": "WARC File Format 1.1",
        "software": software_name(),
        "description": about.description or about.title,
    }
    data.write(compose_warcinfo(DATA_NAME, about.created, info))
    lines, count = [], 0
    for each in records:
        line = each.index_line(DATA_NAME, data.tell())
        if line:
            lines.append(line)
        data.write(each.packed)
        count += 1
    return sorted(lines), count


def _fill(
    package: ZipFile,
    data: IO[bytes],
    lines: Sequence[str],
    pages: Sequence[WaczPage],
    about: WaczAbout,
    signer: Signer | None,
) -> tuple[str, Message | None]:
    """Write all files; return the digest of datapackage.json, and why there is no timestamp of it."""
    resources = [_add_stream(package, DATA_PATH, data, about.created)]
    plain = {
        INDEX_PATH: "".join(lines).encode(),
        PAGES_PATH: "".join(_page_lines(pages)).encode(),
        **about.extra,
    }
    resources += [_add(package, name, content, about.created) for name, content in plain.items()]
    stated = {
        "profile": "data-package",
        "title": about.title,
        "description": about.description,
        "created": about.created,
        "software": software_name(),
        "wacz_version": WACZ_VERSION,
        "resources": resources,
    }
    content = _json({name: value for name, value in stated.items() if value})
    _add(package, PACKAGE_PATH, content, about.created)
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    closing: dict[str, object] = {"path": PACKAGE_PATH, "hash": digest}
    unstamped = None
    if signer:
        signed, unstamped = sign_digest(signer, digest, about.created, software_name())
        closing["signedData"] = signed
    _add(package, DIGEST_PATH, _json(closing), about.created)
    return digest, unstamped


def _page_lines(pages: Sequence[WaczPage]) -> Iterator[str]:
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}) + "\n"
    for number, page in enumerate(pages, 1):
        fields = {
            "id": page.id or str(number),
            "url": page.url,
            "ts": page.ts,
            "title": page.title or page.url,
        }
        yield json.dumps(fields, ensure_ascii=False) + "\n"


def _add(package: ZipFile, name: str, content: bytes, created: str) -> dict[str, object]:
    package.writestr(_info(name, created), content)
    return _resource(name, hashlib.sha256(content).hexdigest(), len(content))


def _add_stream(package: ZipFile, name: str, data: IO[bytes], created: str) -> dict[str, object]:
    size = data.tell()
    data.seek(0)
    digest = hashlib.file_digest(data, "sha256")  # type: ignore[arg-type]  # a file in binary mode
    data.seek(0)
    info = _info(name, created)
    # a longer head before the file than its entry in the directory tells of: ReplayWeb.page counts from the entry
    info.file_size = size if size > ZIP64_BYTES else 0
    with package.open(info, "w") as target:
        shutil.copyfileobj(data, target, PIECE_BYTES)
    return _resource(name, digest.hexdigest(), size)


def _resource(path: str, digest: str, size: int) -> dict[str, object]:
    name = path.rpartition("/")[2].lower()
    return {"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": size}


def _info(name: str, created: str) -> ZipInfo:
    """Return the head of a file in the package, with its time."""
    numbers = [
        int(created[start:end])
        for start, end in ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))
    ]
    year, *rest = numbers
    info = ZipInfo(name, (max(year, 1980), *rest))  # type: ignore[arg-type]  # six numbers
    info.external_attr = 0o644 << 16
    return info


def _json(content: Mapping[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    """Remove an unfinished file where something goes wrong."""
    try:
        yield
    except StorageError:
        path.unlink(missing_ok=True)
        raise
    except OSError as problem:
        path.unlink(missing_ok=True)
        raise StorageError("wacz_not_writable", path=str(path), why=cause_of(problem)) from problem
    except BaseException:
        path.unlink(missing_ok=True)
        raise
