"""The manifest of a run: the digests of all records that it wrote, as plain JSON.

    {
     "format": "gongkai-manifest/1",
     "number": 2,
     "previous": "sha256:…",
     "kind": "run",
     …
     "files": [
      {"name": "pingluo-….warc.gz", "bytes": 4711, "sha256": "…", "run": "…", "state": "closed", "records": [
       {"id": "…", "type": "response", "offset": 0, "bytes": 1234, "sha256": "…", …},

The digest of a manifest is the SHA-256 of the bytes of its file, and `previous` is that of the manifest
before it: `sha256sum` checks both. The digest of a record is that of its bytes in the file (of the whole
gzip member), so that it stays true when files are merged. What cannot be divided into records (another
format, a damaged place) has the digest of the whole file alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from gongkai.errors import GongkaiError
from gongkai.foreign_json import NOT_AS_EXPECTED, parse_json

FORMAT = "gongkai-manifest/1"
DIGEST_PREFIX = "sha256:"
MAX_MANIFEST_BYTES = 256 << 20
"""Size of the largest manifest that is read; one of 10,000 fetches has about 7 MB."""

_MOST = 2**62
"""No number is larger: SQLite keeps it."""

_NUMBERS = ("offset", "bytes")

ManifestKind = Literal["run", "add", "genesis", "leftover", "merge"]
"""Why there is a manifest.

A `run` ended, or documents were added from disk (`add`). `genesis` covers what was there before the
chain began, and `leftover` what no run closed: files of runs that were killed, and files that were put
into the folder by hand. A `merge` names files that were joined into one.
"""

FileState = Literal["closed", "left_open", "found"]
"""How a file came to its manifest: closed by its writer, left by a process that died, or found there."""


class ManifestDamaged(GongkaiError):
    """A manifest cannot be read."""


@dataclass(frozen=True, slots=True)
class RecordDigest:
    """A record of a file. `payload` is its WARC-Payload-Digest as written; "" where it has none.

    `url` and `date` are given for documents (answers, resources, rendered pages) alone.
    """

    id: str
    type: str
    offset: int
    bytes: int
    sha256: str
    payload: str = ""
    url: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A WARC file as it was when it was covered. `records` is empty where it cannot be divided."""

    name: str
    bytes: int
    sha256: str
    records: tuple[RecordDigest, ...] = ()
    run: str = ""
    state: FileState = "closed"


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A file that consists of earlier files, one behind the other. `parts` are (name, first byte, bytes)."""

    name: str
    bytes: int
    sha256: str
    parts: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One link of the chain. `run` has the fields of the run, and is empty for other kinds.

    `previous` is the digest of the manifest before this one, "" for the first.
    """

    number: int  # from 1
    previous: str
    kind: ManifestKind
    created: str  # UTC, ISO, seconds, Z
    run: Mapping[str, object] = field(default_factory=dict)
    files: tuple[FileDigest, ...] = ()
    merged: MergedFile | None = None

    @property
    def run_id(self) -> str:
        """The id of the run, "" where there is none."""
        return str(self.run.get("id", ""))

    @property
    def records(self) -> int:
        """How many records it covers."""
        return sum(len(file.records) for file in self.files)

    @property
    def bytes(self) -> int:
        """How many bytes of files it covers."""
        return sum(file.bytes for file in self.files)


def digest_of(content: bytes) -> str:
    """Return the digest of a manifest's bytes, as the next manifest states it."""
    return DIGEST_PREFIX + hashlib.sha256(content).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest: always the same for the same manifest, one record a line."""
    head: dict[str, object] = {
        "format": FORMAT,
        "number": manifest.number,
        "previous": manifest.previous,
        "kind": manifest.kind,
        "created": manifest.created,
        "counts": {
            "files": len(manifest.files),
            "records": manifest.records,
            "bytes": manifest.bytes,
        },
    }
    if manifest.run:
        head["run"] = dict(manifest.run)
    if manifest.merged:
        merged = manifest.merged
        head["merged"] = {
            "name": merged.name,
            "bytes": merged.bytes,
            "sha256": merged.sha256,
            "parts": [
                {"name": name, "offset": offset, "bytes": size}
                for name, offset, size in merged.parts
            ],
        }
    lines = ["{"]
    lines += [f" {_compact(name)}: {_compact(value)}," for name, value in head.items()]
    files = ",\n".join(_file_lines(file) for file in manifest.files)
    lines.append(f' "files": [{files}]' if not files else f' "files": [\n{files}\n ]')
    return "\n".join([*lines, "}", ""]).encode()


def decode_manifest(content: bytes) -> Manifest:
    """Return the manifest of some bytes.

    Raises:
        ManifestDamaged: They are no manifest of a known format.
    """
    try:
        stored = parse_json(content)
        if stored["format"] != FORMAT:
            raise ManifestDamaged("manifest_format_unknown")
        merged = stored.get("merged")
        return Manifest(
            number=_number(stored["number"]),
            previous=_text(stored["previous"]),
            kind=_kind(stored["kind"]),
            created=_text(stored["created"]),
            run={_text(name): value for name, value in stored.get("run", {}).items()},
            files=tuple(_read_file(file) for file in stored["files"]),
            merged=_read_merged(merged) if merged else None,
        )
    except NOT_AS_EXPECTED as problem:
        raise ManifestDamaged("manifest_unreadable") from problem


def _file_lines(file: FileDigest) -> str:
    fields = {
        "name": file.name,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "run": file.run,
        "state": file.state,
    }
    start = _compact(fields)[:-1]
    records = ",\n".join(f"   {_compact(_record_fields(record))}" for record in file.records)
    return f'  {start}, "records": [\n{records}]}}' if records else f'  {start}, "records": []}}'


def _record_fields(record: RecordDigest) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": record.id,
        "type": record.type,
        "offset": record.offset,
        "bytes": record.bytes,
        "sha256": record.sha256,
    }
    more = {"payload": record.payload, "url": record.url, "date": record.date}
    return fields | {name: value for name, value in more.items() if value}


def _read_file(stored: Mapping[str, object]) -> FileDigest:
    records = stored["records"]
    if not isinstance(records, Sequence):
        raise ManifestDamaged("manifest_unreadable")
    state = str(stored["state"])
    return FileDigest(
        name=_file_name(stored["name"]),
        bytes=_number(stored["bytes"]),
        sha256=_text(stored["sha256"]),
        records=tuple(map(_read_record, records)),
        run=_text(stored["run"]),
        state="left_open" if state == "left_open" else "found" if state == "found" else "closed",
    )


def _read_record(stored: Mapping[str, object]) -> RecordDigest:
    texts = {name: _text(value) for name, value in stored.items() if name not in _NUMBERS}
    numbers = {name: _number(stored[name]) for name in _NUMBERS}
    return RecordDigest(**texts, **numbers)  # type: ignore[arg-type]  # by name


def _read_merged(stored: Mapping[str, object]) -> MergedFile:
    parts = stored["parts"]
    if not isinstance(parts, Sequence):
        raise ManifestDamaged("manifest_unreadable")
    return MergedFile(
        name=_file_name(stored["name"]),
        bytes=_number(stored["bytes"]),
        sha256=_text(stored["sha256"]),
        parts=tuple(
            (_file_name(part["name"]), _number(part["offset"]), _number(part["bytes"]))
            for part in parts
        ),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ManifestDamaged("manifest_unreadable")
    value.encode()  # half a surrogate pair is a ValueError
    return value


def _file_name(value: object) -> str:
    """Return the name of a file in the folder, or in one below it."""
    name = _text(value)
    if "\0" in name or name.startswith("/") or ".." in name.split("/"):
        raise ManifestDamaged("manifest_unreadable")
    return name


def _kind(value: object) -> ManifestKind:
    for kind in get_args(ManifestKind):
        if value == kind:
            return cast(ManifestKind, kind)
    raise ManifestDamaged("manifest_unreadable")


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ManifestDamaged("manifest_unreadable")
    return value


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
