"""Publications that follow from the last one: which do, which do not, and what a person reads of it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.publication import downloads, layout
from gongkai.archive.publication.downloads import has_true_sums
from gongkai.archive.publication.parts import file_pieces, kept_files
from gongkai.archive.publication.parts.kept_files import KeptFiles
from gongkai.archive.publication.parts.renewed_part import LastPart, renew_part
from gongkai.archive.store.database import writer
from tests.archive.publication.publishing import opened, publish


def told(folder: Path) -> dict[str, Any]:
    """Return the manifest of what is served."""
    return layout.read_manifest((folder / "current").resolve())


def published(folder: Path, db: Path, *options: str) -> dict[str, Any]:
    """Publish, and return what the command says as JSON."""
    done = publish(folder, db, "--accept", "--json", *options)
    assert done.exit_code == 0, done.output
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def change_one(db: Path, word: str) -> None:
    with writer(db) as conn:
        conn.execute(
            "UPDATE reports SET title = ? WHERE id = (SELECT min(id) FROM reports)", [word]
        )


def titles(folder: Path) -> list[str]:
    with opened((folder / "current" / "archive.db").resolve()) as conn:
        return [title for (title,) in conn.execute("SELECT title FROM report_summary ORDER BY 1")]


def test_a_publication_follows_from_the_last_one(db: Path, tmp_path: Path) -> None:
    """Until it is the turn of one that is made anew, or a person asks for it."""
    folder = tmp_path / "public"
    first = published(folder, db)
    assert (first["kind"], first["why_full"]) == ("full", "这是首次发布")
    day = told(folder)["last_full"]
    change_one(db, "第二次")
    second = published(folder, db)
    assert (second["kind"], second["why_full"], second["replaced_reports"]) == ("renewed", "", 1)
    assert "第二次" in titles(folder)
    assert (told(folder)["renewals"], told(folder)["last_full"]) == (1, day)
    content = told(folder)["content"], told(folder)["version"]
    turn = published(folder, db, "--full-every", "2")
    assert (turn["kind"], turn["why_full"]) == ("full", "每 2 次发布有一次重新制作")
    assert (told(folder)["content"], told(folder)["version"]) == content
    assert told(folder)["renewals"] == 0
    assert published(folder, db, "--full")["why_full"] == "按要求重新制作"


def test_one_changed_report_is_packed_with_its_neighbours_only(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other pieces of the files of its year are copied from the publication before."""
    monkeypatch.setattr(file_pieces, "_KEYS", {})
    monkeypatch.setattr(file_pieces, "_FEW_ROWS", 1)
    copied: dict[str, int] = {}

    def renew_and_note(conn: sqlite3.Connection, table: TableSchema, *rest: Any) -> object:
        pieces = renew_part(conn, table, *rest)
        last: LastPart = rest[-1]
        copied[table.name] = len(set(pieces or ()) & set(last.pieces))
        assert len(pieces or ()) - copied[table.name] <= 2
        return pieces

    monkeypatch.setattr(downloads, "renew_part", renew_and_note)
    folder = tmp_path / "public"
    published(folder, db)
    assert copied == {}
    year = "SELECT year FROM reports GROUP BY year ORDER BY count(*) DESC LIMIT 1"
    with writer(db) as conn:
        conn.execute(
            f"UPDATE reports SET title = '改' WHERE id = (SELECT max(id) FROM reports WHERE year = ({year}))"
        )
    published(folder, db)
    assert copied["reports"] > 1
    assert copied["report_summary"] > 1


@contextmanager
def manifest_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Give what the manifest of the current publication says, to be changed."""
    manifest = (folder / "current").resolve() / layout.MANIFEST
    told = json.loads(manifest.read_text(encoding="utf-8"))
    yield told
    manifest.write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize(("lost", "expected"), [(0, 0), (9, 1)])
def test_rows_of_visits_are_not_missed_after_an_update(
    db: Path, tmp_path: Path, lost: int, expected: int
) -> None:
    """An earlier version published a row for each visit; that rows were lost is noticed all the same."""
    with writer(db) as conn:
        conn.execute("UPDATE snapshots SET visits = visits + 1")
        (visits,) = conn.execute("SELECT sum(visits) FROM snapshots").fetchone()
    folder = tmp_path / "public"
    published(folder, db)
    with manifest_of(folder) as earlier:
        for key in ("state", "program", "renewals", "last_full", "content", "content_digests"):
            del earlier[key]
        earlier["rows"]["snapshots"] = visits + visits * lost // 10

    done = publish(folder, db)

    assert (done.exit_code, "snapshots：" in done.stderr) == (expected, bool(expected))


@pytest.mark.parametrize(("lost", "expected"), [(0, 0), (9, 1)])
def test_lost_rows_are_noticed_after_a_state_that_counts_nothing_waiting(
    db: Path, tmp_path: Path, lost: int, expected: int
) -> None:
    """A version wrote the state of an archive before it counted what an interrupted build left."""
    with writer(db) as conn:
        conn.execute("UPDATE snapshots SET visits = visits + 9")
        (rows,) = conn.execute("SELECT count(*) FROM snapshots").fetchone()
    folder = tmp_path / "public"
    published(folder, db)
    with manifest_of(folder) as earlier:
        del earlier["state"]["waiting"]
        earlier["program"] = "another"
        earlier["rows"]["snapshots"] = rows + rows * lost // 10

    done = publish(folder, db)

    assert (done.exit_code, "snapshots：" in done.stderr) == (expected, bool(expected))


def test_the_summary_says_which_kind_it_was(db: Path, tmp_path: Path) -> None:
    made = publish(tmp_path / "public", db, "--accept")
    assert "重新制作，用时" in made.stdout
    assert "这是首次发布" in made.stdout
    change_one(db, "又一次")
    renewed = publish(tmp_path / "public", db, "--accept")
    assert "只替换" not in renewed.stdout
    assert "替换报告 1 份" in renewed.stdout


def flip_a_bit(stands: Path) -> None:
    path = stands / layout.DATABASE
    body = bytearray(path.read_bytes())
    body[len(body) // 3] ^= 1
    path.write_bytes(body)


def remove_file(stands: Path) -> None:
    (stands / layout.DATABASE).unlink()


def change_a_download(stands: Path) -> None:
    """Change a byte of a file that would be linked."""
    path = next((stands / layout.DOWNLOADS / "csv").glob("requests/*.csv.gz"))
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.unlink()
    path.write_bytes(body)


def cut_file(stands: Path) -> None:
    path = stands / layout.DATABASE
    path.write_bytes(path.read_bytes()[:-4096])


def change_manifest(stands: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = layout.read_manifest(stands)
    change(manifest)
    (stands / layout.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def by_an_earlier_version(stands: Path) -> None:
    """Let the publication be one of a version that kept no states."""

    def change(manifest: dict[str, Any]) -> None:
        for name in ("state", "program", "content_digests", "renewals", "last_full"):
            del manifest[name]

    change_manifest(stands, change)


def by_another_program(stands: Path) -> None:
    change_manifest(stands, lambda manifest: manifest.update(program="0" * 64))


def with_a_foreign_state(stands: Path) -> None:
    change_manifest(stands, lambda manifest: manifest["state"].update(token="0" * 32))


def with_a_senseless_state(stands: Path) -> None:
    change_manifest(stands, lambda manifest: manifest.update(state={"sequence": "many"}))


OTHER_PROGRAM = "上次发布由其他版本的程序或程序库制作"


def change_a_touched_download(stands: Path) -> None:
    """Change a byte of each file that has reports: the next one replaces rows in some of them."""
    for path in (stands / layout.DOWNLOADS).glob("csv/reports/*.csv.gz"):
        body = bytearray(path.read_bytes())
        body[len(body) // 2] ^= 1
        path.unlink()
        path.write_bytes(body)


def cut_a_download(stands: Path) -> None:
    path = next((stands / layout.DOWNLOADS / "parquet").glob("requests/*/*.parquet"))
    body = path.read_bytes()
    path.unlink()
    path.write_bytes(body[:-1])


def change_the_pieces(stands: Path) -> None:
    path = stands / layout.PIECES
    path.write_bytes(path.read_bytes().replace(b"[", b"[ ", 1))


def change_the_package(stands: Path) -> None:
    """Let it say another digest of a file, which is as it was."""
    path = stands / layout.DOWNLOADS / layout.PACKAGE
    said = path.read_text(encoding="utf-8")
    place = said.index("sha256:") + 9
    other = "0" if said[place] != "0" else "1"
    path.write_text(f"{said[:place]}{other}{said[place + 1 :]}", encoding="utf-8")


def remove_the_sums(stands: Path) -> None:
    (stands / layout.DOWNLOADS / layout.SUMS).unlink()


OTHER_FILE = "上次发布的文件已不是写入时的内容"


@pytest.mark.parametrize(
    "harm",
    [
        *(change_a_touched_download, cut_a_download, change_the_pieces),
        *(change_the_package, remove_the_sums),
    ],
)
def test_a_damaged_file_is_told_though_it_has_not_its_turn(
    first: Path,
    db: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Path], None],
) -> None:
    """Files that would be taken over or copied from are looked at each time."""
    monkeypatch.setattr(kept_files, "MOST_READ", 0)
    folder = tmp_path / "public"
    shutil.copytree(first, folder, symlinks=True)
    before = manifest_of_a_renewal(folder, db, tmp_path / "whole")
    harm((folder / "current").resolve())
    done = publish(folder, db, "--accept", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["why_full"].startswith(OTHER_FILE)
    assert "上次发布已损坏" in done.stderr
    assert (told(folder)["content"], told(folder)["rows"]) == before
    downloads_of = (folder / "current").resolve() / layout.DOWNLOADS
    assert has_true_sums(downloads_of)
    records = KeptFiles.of(downloads_of, layout.PACKAGE, ()).records
    assert all(
        sha256((downloads_of / name).read_bytes()).hexdigest() == record.sha256
        for name, record in records.items()
    )
    assert not list(folder.glob(".new-*"))


def manifest_of_a_renewal(folder: Path, db: Path, whole: Path) -> tuple[str, dict[str, int]]:
    """Change a report, and return what a publication without damage says of its content."""
    change_one(db, "之后")
    shutil.copytree(folder, whole, symlinks=True)
    assert published(whole, db)["kind"] == "renewed"
    return told(whole)["content"], told(whole)["rows"]


@pytest.fixture(scope="module")
def first(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one publication, which tests copy."""
    folder = tmp_path_factory.mktemp("first") / "public"
    assert publish(folder, made, "--accept").exit_code == 0
    return folder


@pytest.mark.parametrize(
    ("harm", "why", "is_damage"),
    [
        (flip_a_bit, "上次发布的公开库与其清单不符", True),
        (remove_file, "上次发布的公开库与其清单不符", True),
        (cut_file, "上次发布的公开库与其清单不符", True),
        (change_a_download, "上次发布的文件已不是写入时的内容", True),
        (by_an_earlier_version, OTHER_PROGRAM, False),
        (by_another_program, OTHER_PROGRAM, False),
        (with_a_senseless_state, OTHER_PROGRAM, False),
        (with_a_foreign_state, "归档库不是上次所发布归档库的延续", False),
    ],
)
def test_what_cannot_be_followed_is_made_anew(
    *,
    first: Path,
    db: Path,
    tmp_path: Path,
    harm: Callable[[Path], None],
    why: str,
    is_damage: bool,
) -> None:
    """Damage is told to a person: readers were served it."""
    folder = tmp_path / "public"
    shutil.copytree(first, folder, symlinks=True)
    harm((folder / "current").resolve())
    change_one(db, "之后")
    done = publish(folder, db, "--accept", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["kind"] == "full"
    assert said["why_full"].startswith(why)
    assert ("上次发布已损坏" in done.stderr) == is_damage
    assert "之后" in titles(folder)
    assert not list(folder.glob(".new-*"))
