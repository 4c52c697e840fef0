"""A release: whole, checked by other programs, the same bytes each time, and never changed."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.archive.releases.release_folder import (
    is_safe_name,
    list_files,
    read_sums,
    readable_releases,
)
from gongkai.archive.store.database import writer
from gongkai.extract.model.report import EXTRACTOR
from tests.archive.folder import Folder, report_page
from tests.archive.releases.conftest import Made
from tests.archive.releases.growing_archive import gongkai
from tests.paths import ROOT

Spoil = Callable[[Path], object]
CHECK = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def public(made: Made, tmp_path: Path) -> Path:
    """A folder of publications that a test may spoil."""
    return Path(shutil.copytree(made.publics[0], tmp_path / "public", symlinks=True))


def test_a_release_has_every_file_and_its_checksum(made: Made) -> None:
    for number, public in zip(("2025.1", "2025.2"), made.publics, strict=True):
        release = made.releases / number
        done = subprocess.run(CHECK, cwd=release, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        found = contents(release)
        assert found.keys() == {*read_sums(release / "SHA256SUMS"), "SHA256SUMS"}
        data = {name.removeprefix("data/"): each for name, each in found.items() if "data/" in name}
        assert data == contents(public / "current" / "downloads")
        assert all(
            path.stat().st_mode & 0o222 == 0 for path in release.rglob("*.*") if path.is_file()
        )
    assert {path.name for path in made.releases.iterdir()} == {
        *("2025.1", "2025.2", "catalog.jsonld", ".lock")
    }
    assert [str(each.number) for each in readable_releases(made.releases)] == ["2025.1", "2025.2"]


def test_a_publication_made_from_an_equal_one_can_be_released(made: Made, tmp_path: Path) -> None:
    """It has the version of the one before, whose packed archive has other bytes."""
    public, db = tmp_path / "public", Path(shutil.copy(made.archives[0], tmp_path))
    with writer(db):
        pass  # gives the state of the archive its name
    for kind in ("full", "renewed"):
        done = gongkai("publish", public, "--db", db, "--accept", "--json")
        assert json.loads(done.stdout)["kind"] == kind
    database = (public / "current" / "archive.db").read_bytes()

    released = gongkai("release", public, "--to", tmp_path / "all")

    assert released.exit_code == 0, released.output
    packed = tmp_path / "all" / "2025.1" / "data" / "archive.db.gz"
    assert gzip.decompress(packed.read_bytes()) == database


def test_the_same_publications_give_the_same_bytes(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published again on another day, in another place, and released from there."""
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    for number, archive in enumerate(made.archives):
        public = tmp_path / f"elsewhere-{number}"
        assert gongkai("publish", public, "--db", archive, "--accept").exit_code == 0
        done = gongkai("release", public, "--to", tmp_path / "all")
        assert done.exit_code == 0, done.output
    assert contents(tmp_path / "all") == contents(made.releases)


def test_the_same_originals_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many builds it took, and at whatever hour; each in a folder of its own."""
    (tmp_path / "other").mkdir()
    with Folder(tmp_path) as folder:
        folder.fetch("2025-01-31T02:00:00Z", "/a.html", report_page())
        folder.build()
        folder.fetch("2025-02-01T02:00:00Z", "/a.html", report_page(new__total="3"))
        folder.fetch("2025-02-01T02:00:00Z", "/b.html", report_page("平罗县财政局"))
        folder.run("a" * 32, "2025-02-01", new=2)
        folder.build()
        once, folder.db = folder.db, tmp_path / "other" / "archive.db"
        later = clock.now() + timedelta(hours=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        folder.build()
    for db in (once, folder.db):
        public = db.parent / "public"
        assert gongkai("publish", public, "--db", db, "--accept").exit_code == 0
        assert gongkai("release", public).exit_code == 0
    found = contents(once.parent / "public" / "releases")
    assert found == contents(folder.db.parent / "public" / "releases")
    assert len(found) > 100


def test_numbers_and_dates_only_grow(made: Made, tmp_path: Path) -> None:
    releases = Path(shutil.copytree(made.releases, tmp_path / "all"))
    first, second = made.publics
    refused = {
        ("2025.2", "没有制作新版本"): (second,),
        ("已经存在", "2025.2"): (first, "--number", "2025.2", "--date", "2025-07-01"),
        ("2024.9", "2025.2"): (first, "--number", "2024.9", "--date", "2025-07-01"),
        ("2025-01-31",): (first,),
        ("2025-06-09",): (first, "--date", "2025-06-09"),
    }
    for words, arguments in refused.items():
        done = gongkai("release", *arguments, "--to", releases)
        assert done.exit_code == 1, done.output
        assert all(word in done.stderr for word in words), done.stderr
    assert contents(releases) == contents(made.releases)
    done = gongkai("release", first, "--to", releases, "--date", "2026-01-05", "--json")
    told = json.loads(done.stdout)
    assert (told["number"], told["date"], told["previous"]) == ("2026.1", "2026-01-05", "2025.2")


def test_what_cannot_be_a_number_a_date_or_an_address_is_refused(public: Path) -> None:
    for option, value in (
        *(("--number", each) for each in ("2026", "2026.01", "../x", "２０２６.1", "2026.1/..")),
        *(("--date", each) for each in ("2026-02-30", "heute")),
        *(("--doi", each) for each in ("doi:10.1/x", "10.5281/zeno do")),
        *(("--base-url", each) for each in ("archive.example.org", "https://x/\n#")),
        *(("--contact", each) for each in ("nobody", "a b@x.org")),
    ):
        done = gongkai("release", public, option, value)
        assert done.exit_code == 2, (option, value)
    assert not (public / "releases").exists()


def current(public: Path) -> Path:
    return (public / "current").resolve()


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def add_hostile(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"x")
    with (folder / "SHA256SUMS").open("a", encoding="utf-8") as file:
        file.write(f"{sha256(b'x').hexdigest()}  {name}\n")


SPOILS: dict[str, Spoil] = {
    "changed file": lambda folder: append(folder / "downloads/csv/regions.csv.gz"),
    "changed database": lambda folder: append(folder / "archive.db"),
    "missing file": lambda folder: (folder / "downloads/csv/regions.csv.gz").unlink(),
    "unlisted file": lambda folder: (folder / "downloads/csv/more.csv").write_bytes(b""),
    "link": lambda folder: (folder / "downloads/csv/link.csv").symlink_to("/etc/passwd"),
    "hidden": lambda folder: add_hostile(folder / "downloads", ".hidden"),
    "markup": lambda folder: add_hostile(folder / "downloads", "<b>.csv"),
    "new line": lambda folder: add_hostile(folder / "downloads", "a\nb"),
    "no sums": lambda folder: (folder / "downloads/SHA256SUMS").unlink(),
    "no manifest rows": lambda folder: (folder / "publication.json").write_text("{}"),
    "wrong packed": lambda folder: repack(folder / "downloads"),
}


def repack(folder: Path) -> None:
    """Put another file in the place of the packed database, checksum included."""
    packed, sums = folder / "archive.db.gz", folder / "SHA256SUMS"
    before = sha256(packed.read_bytes()).hexdigest()
    packed.write_bytes(b"\x1f\x8b\x08\x00not a gzip file")
    after = sha256(packed.read_bytes()).hexdigest()
    sums.write_text(sums.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_a_publication_that_does_not_verify_is_refused(public: Path, spoil: Spoil) -> None:
    spoil(current(public))
    done = gongkai("release", public)
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    assert not list((public / "releases").glob("*.*/*"))


def test_content_that_is_not_that_of_the_manifest_is_refused(public: Path) -> None:
    """Whoever changes a figure can compute the checksum of the file anew, and the digests are left."""
    database, manifest = current(public) / "archive.db", current(public) / "publication.json"
    before = sha256(database.read_bytes()).hexdigest()
    with closing(sqlite3.connect(database)) as conn, conn:
        conn.execute("UPDATE requests SET total = total + 1 WHERE total > 0")
    after = sha256(database.read_bytes()).hexdigest()
    text = manifest.read_text(encoding="utf-8").replace(before, after)
    manifest.write_text(text, encoding="utf-8")
    done = gongkai("release", public)
    assert done.exit_code == 1
    assert "数据库的内容与 publication.json 中的摘要不符" in done.stderr


def test_folders_that_are_none_are_refused(made: Made, public: Path, tmp_path: Path) -> None:
    empty, taken = tmp_path / "empty", tmp_path / "taken"
    for folder in (empty, taken):
        folder.mkdir()
    (taken / "thesis.txt").write_text("mine", encoding="utf-8")
    for arguments in ((empty,), (public, "--to", taken), (public, "--to", taken / "thesis.txt")):
        assert gongkai("release", *arguments).exit_code == 2
    assert [path.name for path in taken.iterdir()] == ["thesis.txt"]
    releases = Path(shutil.copytree(made.releases, tmp_path / "all"))
    (releases / "2025.1" / "release.json").chmod(0o644)
    (releases / "2025.1" / "release.json").write_text("{}", encoding="utf-8")
    done = gongkai("release", public, "--to", releases, "--date", "2026-01-05")
    assert (done.exit_code, "2025.1" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "2025.2"),
        ("number", "2025.1 "),
        ("date", "2025-02-30"),
        ("date", "<b>2025</b>"),
        ("version", '1" onmouseover=x'),
        ("previous", "../../x"),
        ("doi", '10.5281/x"><script>'),
        ("base_url", "javascript:alert(1)"),
        ("public_file", ""),
        ("rows", [1]),
        ("rows", {"reports": "many"}),
        ("changes", {"reports": {"added": {"new": None}}}),
        ("changes", {"reports": {}, "cells": {}}),
        ("made_with", None),
    ],
)
def test_a_manifest_of_another_shape_is_no_release(
    made: Made, tmp_path: Path, name: str, value: object
) -> None:
    release = tmp_path / "2025.1"
    release.mkdir()
    said = json.loads((made.releases / "2025.1" / "release.json").read_text(encoding="utf-8"))
    (release / "release.json").write_text(json.dumps(said), encoding="utf-8")
    assert len(list(readable_releases(tmp_path))) == 1
    (release / "release.json").write_text(json.dumps({**said, name: value}), encoding="utf-8")
    assert list(readable_releases(tmp_path)) == []


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"{}" * 600_000, b"\xff", b"null"])
def test_a_manifest_that_is_none_is_no_release(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "2025.1").mkdir()
    (tmp_path / "2025.1" / "release.json").write_bytes(content)
    (tmp_path / "2025.2").mkdir()
    os.mkfifo(tmp_path / "2025.2" / "release.json")
    assert list(readable_releases(tmp_path)) == []


def test_hostile_folders_offer_nothing(made: Made, tmp_path: Path) -> None:
    release = Path(shutil.copytree(made.releases, tmp_path / "all")) / "2025.1"
    assert list_files(release)
    sums = release / "SHA256SUMS"
    sums.chmod(0o644)
    before = sums.read_text(encoding="utf-8")
    for name in (
        "../../secret",
        "/etc/passwd",
        "data/../../x",
        ".lock",
        "data//x",
        "a/b/c/d/e/f",
        "",
    ):
        assert not is_safe_name(name)
        sums.write_text(f"{before}{'0' * 64}  {name}\n", encoding="utf-8")
        assert list_files(release) == ()
    sums.write_text(before, encoding="utf-8")
    (release / "data").rename(tmp_path / "data")
    (release / "data").symlink_to(tmp_path / "data")
    assert list_files(release) == ()


def test_a_killed_release_leaves_no_half_one(made: Made, tmp_path: Path) -> None:
    """Killed at ten moments; then it is made as if nothing had been."""
    releases, public = tmp_path / "all", made.publics[0]
    command = [sys.executable, "-c", "from gongkai.archive.cli import main; main()", "release"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    halves = 0
    for _ in range(3):
        with subprocess.Popen(
            [*command, str(public), "--to", str(releases)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            while process.poll() is None and not list(releases.glob(".new-*/data/*")):
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
        halves += any(releases.glob(".new-*"))
        if list(releases.glob("2025.*")):
            break
    assert halves
    (releases / "catalog.jsonld").unlink(missing_ok=True)
    done = gongkai("release", public, "--to", releases)
    assert done.exit_code in (0, 1), done.output  # 1: the last one was done before it was killed
    if done.exit_code:
        assert "没有制作新版本" in done.stderr
    assert {path.name for path in releases.iterdir()} == {"2025.1", "catalog.jsonld", ".lock"}
    assert contents(releases / "2025.1") == contents(made.releases / "2025.1")


def test_a_full_disk_leaves_nothing(
    public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    done = gongkai("release", public, "--to", tmp_path / "all")
    assert (done.exit_code, "磁盘已满" in done.stderr) == (2, True)
    assert [path.name for path in (tmp_path / "all").iterdir()] == [".lock"]


def test_no_two_publications_share_a_version(made: Made, tmp_path: Path) -> None:
    """Neither of the same day: the version has the digest and the extractor, too."""
    one = json.loads((current(made.publics[0]) / "publication.json").read_text(encoding="utf-8"))
    other = Path(shutil.copy(made.archives[0], tmp_path / "other.db"))
    with sqlite3.connect(other) as conn:
        conn.execute(
            "UPDATE agencies SET name = '另一个名称' WHERE id = (SELECT min(id) FROM agencies)"
        )
    conn.close()
    assert gongkai("publish", tmp_path / "public", "--db", other, "--accept").exit_code == 0
    two = json.loads((tmp_path / "public/current/publication.json").read_text(encoding="utf-8"))
    assert one["version"].startswith(f"2025.01.31+x{EXTRACTOR}.")
    assert two["version"].startswith(f"2025.01.31+x{EXTRACTOR}.")
    assert one["version"] != two["version"]
    package = json.loads(
        (tmp_path / "public/current/downloads/datapackage.json").read_text(encoding="utf-8")
    )
    assert package["version"] == two["version"]
