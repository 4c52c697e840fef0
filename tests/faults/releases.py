"""`kill -9` of releases and deposits at random moments: what has a number is whole, what has none is gone."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.archive.releases.release_folder import UNFINISHED, numbered_folders
from tests.benchmarks.many_reports import make
from tests.faults.publishing import publish_archive, rename_agency
from tests.paths import ROOT

REPORTS = 60


@dataclass
class Figures:
    """What was done to releases, and what was found afterwards."""

    killed: int = 0
    half: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the figures for a person."""
        yield f"{self.killed} releases and deposits killed: {self.half} left a half folder"
        yield from self.wrong or ["every release that stood was whole"]


def kill_releases(folder: Path, kills: int, seed: int) -> Figures:
    """Release an archive that changes, kill all but the last, look after each."""
    dice, figures = random.Random(seed), Figures()
    db, public, deposit = folder / "archive.db", folder / "public", folder / "deposit"
    make(db, REPORTS)
    publish_archive(public, db, None)
    started = time.monotonic()
    _run(("release", public), None)
    whole = time.monotonic() - started
    for number in range(kills):
        rename_agency(db, f"第{number}号")
        publish_archive(public, db, None)
        words = ("release", public, *(("--deposit", deposit) if number % 3 == 2 else ()))
        figures.killed += _run(words, dice.uniform(0.4, 0.95) * whole)
        figures.half += any(public.glob(f"releases/{UNFINISHED}*"))
        figures.wrong += [f"{number}: {problem}" for problem in _problems(public / "releases")]
        if deposit.exists() and not _is_whole(deposit):
            figures.wrong.append(f"{number}: a deposit is not what its checksums say")
        shutil.rmtree(deposit, ignore_errors=True)
    rename_agency(db, "最后")
    publish_archive(public, db, None)
    if _run(("release", public), None) or any(public.glob(f"releases/{UNFINISHED}*")):
        figures.wrong.append("the last one was not whole, or left something")
    figures.wrong += _problems(public / "releases")
    catalogue = json.loads((public / "releases" / "catalog.jsonld").read_text(encoding="utf-8"))
    listed = [each["@id"] for each in catalogue["dcat:dataset"]]
    if listed != [path.name for path in numbered_folders(public / "releases")]:
        figures.wrong.append("the catalogue does not list all releases")
    return figures


def _run(words: tuple[object, ...], seconds: float | None) -> bool:
    """Run the command, and kill it after so many seconds; tell whether it was."""
    command = [sys.executable, "-c", "from gongkai.archive.cli import main; main()"]
    with subprocess.Popen(
        [*command, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    if process.returncode:
        raise RuntimeError(f"{words[0]} ended with {process.returncode}")
    return False


def _problems(releases: Path) -> Iterator[str]:
    """Yield what is wrong with what has a number."""
    for path in numbered_folders(releases):
        if not _is_whole(path):
            yield f"{path.name} is not what its checksums say"


def _is_whole(folder: Path) -> bool:
    command = ["sha256sum", "--check", "--strict", "--status", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0
