"""A file made from the last one says what one made anew says, whatever happened in between."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.publication.soundness import count_rows
from gongkai.archive.renewal import renewed_file
from gongkai.archive.renewal.content_digests import ContentDigests, digest_tables, load_digests
from gongkai.archive.renewal.renewed_file import LastFile, renew_public_file
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.csv_export import JOINED, TABLES, VIEWS
from gongkai.archive.store.database import writer
from tests.archive.renewal.following import followed, published
from tests.archive.renewal.nights import EVENTS, FILE_NAME, Event, change_archive, crawl


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table and view that is published, sorted."""
    with closing(sqlite3.connect(path)) as conn:
        return {
            name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in {*TABLES, *VIEWS, *JOINED}
        }


def digests(path: Path) -> ContentDigests:
    with closing(sqlite3.connect(path)) as conn:
        kept = load_digests(conn)
        assert kept.listed() == digest_tables(conn, (*TABLES, *MATERIALISED_VIEWS)).listed()
        return kept


def check_renewal(db: Path, last: LastFile, folder: Path, told: object) -> LastFile:
    """Renew the last file, compare it with one that is made anew, and return it."""
    renewed, anew = folder / f"{last.path.stem}+.db", folder / "anew.db"
    anew.unlink(missing_ok=True)
    found = renew_public_file(db, last, renewed)
    assert write_public_file(db, anew) == found.state
    mine, theirs = content(renewed), content(anew)
    for name, rows in theirs.items():
        assert mine[name] == rows, (told, name)
    assert digests(renewed).listed() == digests(anew).listed() == found.digests.listed(), told
    counted = count_rows(anew)
    assert (dict(found.rows), found.sites) == (counted.rows, counted.sites), told
    assert count_rows(renewed) == counted
    return followed(renewed, found)


@pytest.mark.parametrize("seed", range(4))
def test_nights_in_a_row_give_what_a_new_file_gives(db: Path, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    path = tmp_path / "p.db"
    last = published(db, path)
    for _ in range(3):
        told = change_archive(db, dice)
        last = check_renewal(db, last, tmp_path, (seed, told))


@pytest.mark.parametrize("event", dict.fromkeys(EVENTS), ids=lambda each: each.__name__)
def test_each_change_by_itself(db: Path, tmp_path: Path, event: Event) -> None:
    path = tmp_path / "p.db"
    last = published(db, path)
    change_archive(db, random.Random(7), [event] * 3)
    check_renewal(db, last, tmp_path, event.__name__)


def test_nothing_new_replaces_nothing(db: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "p.db", tmp_path / "q.db"
    last = published(db, path)
    found = renew_public_file(db, last, other)
    assert found.reports == 0
    assert content(other) == content(path)


def test_reports_keep_their_numbers_while_they_stand(db: Path, tmp_path: Path) -> None:
    """The search and the sets of bits know them by these."""
    path, other = tmp_path / "p.db", tmp_path / "q.db"
    last = published(db, path)
    change_archive(
        db, random.Random(3), [each for each in EVENTS if each.__name__ != "change_date"]
    )
    renew_public_file(db, last, other)
    numbers = []
    for each in (path, other):
        with closing(sqlite3.connect(each)) as conn:
            numbers.append(dict(conn.execute("SELECT id, rowid FROM reports")))
    both = numbers[0].keys() & numbers[1].keys()
    assert len(both) > 10
    assert {key: numbers[0][key] for key in both} == {key: numbers[1][key] for key in both}
    new = {numbers[1][key] for key in numbers[1].keys() - both}
    assert new
    assert not new & {numbers[0][key] for key in both}


def test_names_on_the_disk_of_the_operator_stay_there(db: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "p.db", tmp_path / "q.db"
    last = published(db, path)
    with writer(db) as conn:
        conn.execute("UPDATE reports SET url = ? WHERE year = 2024", [FILE_NAME])
        conn.execute("UPDATE snapshots SET final_url = ?", [FILE_NAME])
    renew_public_file(db, last, other)
    assert b"%E6%9D%8E" not in other.read_bytes()
    assert b"file:///00ff/" in other.read_bytes()


def refused(db: Path, last: LastFile, folder: Path) -> str:
    """Return the key of why a file cannot be renewed."""
    with pytest.raises(RenewalImpossibleError) as refusal:
        renew_public_file(db, last, folder / "renewed.db")
    return refusal.value.message.key


def test_one_bit_that_flipped_is_noticed(db: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    last = published(db, path)
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 4
    path.write_bytes(body)
    assert refused(db, last, tmp_path) == "full_damaged"
    path.unlink()
    assert refused(db, last, tmp_path) == "full_damaged"


def test_another_archive_is_not_taken_for_this_one(db: Path, tmp_path: Path) -> None:
    """Neither one that was built anew, nor a backup that went another way, nor one that was killed."""
    backup = tmp_path / "backup.db"
    backup.write_bytes(db.read_bytes())
    change_archive(db, random.Random(1), [crawl])
    path = tmp_path / "p.db"
    last = published(db, path)
    assert refused(backup, last, tmp_path) == "full_other_archive"
    change_archive(backup, random.Random(1), [crawl])
    assert refused(backup, last, tmp_path) == "full_other_archive"
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.execute("UPDATE sites SET name = 'x'")
    killed = tmp_path / "killed.db"
    unnamed = published(db, killed)
    assert unnamed.state.token == ""
    assert refused(db, unnamed, tmp_path) == "full_other_archive"


def test_what_concerns_everything_is_made_anew(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.db"
    last = published(db, path)
    monkeypatch.setattr(renewed_file, "MOST_TOUCHED", 0.1)
    change_archive(db, random.Random(1), [crawl])
    renew_public_file(db, last, tmp_path / "few.db")
    with writer(db) as conn:
        conn.execute("UPDATE reports SET title = title || '。'")
    assert refused(db, last, tmp_path) == "full_many"
    with writer(db) as conn:
        conn.execute("UPDATE due_calendar SET day = '2030-03-31'")
    assert refused(db, last, tmp_path) == "full_everywhere"
    with writer(db) as conn:
        conn.execute("ALTER TABLE sites ADD COLUMN more TEXT")
    assert refused(db, last, tmp_path) == "full_other_program"


def test_a_region_that_changed_concerns_everything(db: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    last = published(db, path)
    with writer(db) as conn:
        conn.execute("UPDATE regions SET name = '平罗' WHERE code = '640221'")
    assert refused(db, last, tmp_path) == "full_everywhere"
