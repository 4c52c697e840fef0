"""A folder is tried before hours of work."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from gongkai.archive.errors import ArchiveError
from gongkai.archive.publication import layout
from gongkai.archive.publication.folder_trial import try_folder

Usage = namedtuple("Usage", "total used free")


def test_a_folder_that_can_be_used_is_left_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "public"
    try_folder(folder, tmp_path / "archive.db")
    assert list(folder.iterdir()) == []
    (folder / layout.LOCK).touch()
    try_folder(folder, tmp_path / "archive.db")
    assert [path.name for path in folder.iterdir()] == [layout.LOCK]


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems have no links: it would be noticed at the end of the night."""

    def refuse(*_words: object, **_named: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    with pytest.raises(ArchiveError, match=r"publish_folder_unusable.*system\.EPERM"):
        try_folder(tmp_path / "public", tmp_path / "archive.db")
    assert list((tmp_path / "public").iterdir()) == []


def test_too_little_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much is needed as the archive takes, or the last publication."""
    archive = tmp_path / "archive.db"
    archive.write_bytes(b"0" * 3_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9_000_000, 7_000_000, 2_000_000))
    with pytest.raises(ArchiveError, match=r"publish_room_short.*2 MB.*3 MB"):
        try_folder(tmp_path / "public", archive)
    archive.write_bytes(b"0" * 1_000_000)
    try_folder(tmp_path / "public", archive)


@pytest.mark.parametrize("kind", ["file", "taken", "current"])
def test_what_is_no_folder_of_publications_is_refused(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "public"
    if kind == "file":
        folder.touch()
    else:
        (folder / ("mine" if kind == "taken" else layout.CURRENT)).mkdir(parents=True)
        (folder / layout.LOCK).touch() if kind == "current" else None
    with pytest.raises(ArchiveError, match="publish_"):
        try_folder(folder, tmp_path / "archive.db")
