"""The numbered releases beside a publication, and which of them the site shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gongkai.archive.releases.release_folder import (
    SUMS,
    Release,
    ReleaseFile,
    list_files,
    readable_releases,
)
from gongkai.archive.releases.release_texts import REASON_TEXTS
from gongkai.publish.site import Site

KINDS = ("added", "changed", "removed")
PARTS = ("reports", "cells")
_FOLDERS_KEPT = 4


@dataclass(frozen=True, slots=True)
class ShownData:
    """What the pages are made from.

    `version` is that of the publication, "" for an archive that was not published. `release` is the
    release with exactly these data, `latest` the latest release; None where there is none.
    """

    version: str = ""
    extractor: str = ""
    release: Release | None = None
    latest: Release | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """How many reports or cells changed for a reason: the key of its text, numbers by kind."""

    reason: str
    counts: Sequence[int]


def known_releases(site: Site) -> tuple[Release, ...]:
    """Return the releases of a site, the latest first."""
    if site.releases is None:
        return ()
    try:
        changed = site.releases.stat().st_mtime_ns
    except OSError:
        return ()
    return _read(site.releases, changed)


@lru_cache(_FOLDERS_KEPT)
def _read(folder: Path, changed: int) -> tuple[Release, ...]:
    """Return the releases of a folder that was changed at a time: each page asks for them."""
    del changed
    return tuple(reversed(tuple(readable_releases(folder))))


def find_release(site: Site, number: str) -> Release | None:
    """Return the release of a number, None where there is none."""
    return next((each for each in known_releases(site) if str(each.number) == number), None)


def shown_data(site: Site) -> ShownData:
    """Return which publication a site shows, and which release has the same data."""
    releases = known_releases(site)
    same = [each for each in releases if each.public_file == site.data.sha256]
    return ShownData(
        site.data.version,
        site.data.extractor,
        same[0] if same else None,
        releases[0] if releases else None,
    )


def change_rows(release: Release, part: str) -> list[ChangeRow]:
    """Return what changed in the reports or cells of a release, by reason."""
    counts = _counts(release.changes, part)
    rows = [
        ChangeRow(key, [counts.get(kind, {}).get(reason, 0) for kind in KINDS])
        for reason, key in REASON_TEXTS.items()
    ]
    return [row for row in rows if any(row.counts)]


def _counts(changes: Mapping[str, object], part: str) -> Mapping[str, Mapping[str, int]]:
    found = changes.get(part)
    if not isinstance(found, Mapping):
        return {}
    return {kind: by_reason for kind, by_reason in found.items() if isinstance(by_reason, Mapping)}


def release_path(release: Release) -> str:
    """Return the path of the page of a release."""
    return f"/releases/{release.number}"


def release_data(release: Release, absolute: Callable[[str], str]) -> dict[str, object]:
    """Return a release as plain data; `absolute` turns a path into an address."""
    said, path = release.data(), release_path(release)
    names = ("number", "date", "version", "extractor", "previous", "doi", "rows", "changes")
    return {
        **{name: said[name] for name in names},
        "public_file_sha256": release.public_file,
        "url": absolute(path),
        "checksums_url": absolute(f"{path}/{SUMS}"),
    }


def grouped_files(release: Release) -> Mapping[str, Sequence[ReleaseFile]]:
    """Return the files of a release by their folder; "" has those that describe it, and comes first.

    All years of all tables in a format are in one folder.
    """
    groups: dict[str, list[ReleaseFile]] = {"": []}
    for each in list_files(release.path):
        groups.setdefault("/".join(each.name.split("/")[:-1][:2]), []).append(each)
    return groups
