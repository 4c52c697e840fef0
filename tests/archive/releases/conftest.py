"""Two publications of a growing archive, and the releases of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.archive.releases.growing_archive import gongkai, make_archives


@dataclass(frozen=True)
class Made:
    """Folders that tests only read: the publications of both states, and two releases of them."""

    archives: tuple[Path, Path]
    publics: tuple[Path, Path]
    releases: Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Release an archive, and release it again when it has grown."""
    folder = tmp_path_factory.mktemp("releases")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)  # no power is lost here
        archives = make_archives(folder)
        publics = (folder / "public-1", folder / "public-2")
        for public, archive in zip(publics, archives, strict=True):
            done = gongkai("publish", public, "--db", archive, "--accept")
            assert done.exit_code == 0, done.output
            done = gongkai("release", public, "--to", folder / "all")
            assert done.exit_code == 0, done.output
    return Made(archives, publics, folder / "all")


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the disk alone; tests that kill a release run it in a process of its own."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
