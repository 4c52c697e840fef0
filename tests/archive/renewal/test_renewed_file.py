"""A file made from the last one says what one made anew says, whatever happened in between."""

from __future__ import annotations

import errno
import os
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.publication.soundness import count_rows
from gongkai.archive.renewal import renewed_file
from gongkai.archive.renewal.content_digests import ContentDigests, digest_tables, load_digests
from gongkai.archive.renewal.file_copy import FileMark, copy_proved
from gongkai.archive.renewal.renewed_file import LastFile, renew_public_file
from gongkai.archive.rollups import coverage_sums, filtered_sums, region_sums, site_numbers
from gongkai.archive.rollups.every_rollup import add_rollups
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.csv_export import JOINED, TABLES, VIEWS
from gongkai.archive.store.database import writer
from tests.archive.renewal.following import followed, published
from tests.archive.renewal.nights import (
    EVENTS,
    FILE_NAME,
    Event,
    change_archive,
    change_status,
    crawl,
)
from tests.publish.small_archive import insert

_TWICE = "INSERT INTO main.reports SELECT * FROM main.reports"
SUMS = (
    *(coverage_sums.TABLE, region_sums.TABLE, filtered_sums.TABLE),
    *(site_numbers.NUMBERS, site_numbers.SITE_REPORTS),
)
"""Tables that a publication has ready, in which no number is only a place."""


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table and view that is published, and of sums, sorted."""
    with closing(sqlite3.connect(path)) as conn:
        return {
            name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in {*TABLES, *VIEWS, *JOINED, *SUMS}
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


@pytest.mark.parametrize(
    ("name", "kind"), [("平罗县人民政府办公室", "office"), ("平罗县管委会", "department")]
)
def test_a_report_of_the_government_may_be_that_of_its_office(
    db: Path, tmp_path: Path, name: str, kind: str
) -> None:
    """What an office owes is unclear where the government of its division has a report, and then not.

    So is what another body owes as a government.
    """
    office = ("640221-bangongshi-0d0d", name, "640221", "county", kind, "")
    times = ["2025-12-01T00:00:00Z"] * 2
    with writer(db) as conn:
        insert(conn, "agencies", office)
        insert(conn, "duties", (office[0], 2020, None, "law", "government", None, "pingluo"))
        insert(conn, "runs", ("run-9", "crawl", "pingluo", *times, "ok", *[0] * 7, None, None))
        (government,) = conn.execute(
            "SELECT r.id FROM reports r JOIN agencies a ON a.id = r.agency_id WHERE a.region_code"
            " = '640221' AND a.kind = 'government' AND a.level = 'county' ORDER BY year LIMIT 1"
        ).fetchone()
    last = published(db, tmp_path / "p.db")
    with writer(db) as conn:
        conn.execute("UPDATE reports SET year = 2021 WHERE id = ?", [government])
    before = content(tmp_path / "p.db")["coverage"]
    last = check_renewal(db, last, tmp_path, "office")
    after = content(last.path)["coverage"]
    changed = [row for row in set(before) ^ set(after) if row[0] == office[0]]
    assert len(changed) == 4


@pytest.mark.parametrize(
    ("day", "outcome", "blocked", "changes"),
    [
        ("2026-07-01", "ok", 3, True),
        ("2026-07-01", "partial", 0, False),
        ("2022-03-01", "ok", 0, True),
        ("2019-01-01", "ok", 0, False),
    ],
)
def test_a_crawl_tells_what_is_missing_on_its_portal(
    *, db: Path, tmp_path: Path, day: str, outcome: str, blocked: int, changes: bool
) -> None:
    """What was not looked for is missing when a whole crawl began after the deadline."""

    def crawled(conn: sqlite3.Connection, day: str, outcome: str, blocked: int) -> None:
        run = (f"run-{day}", "crawl", "quiet", *[f"{day}T00:00:00Z"] * 2, outcome)
        insert(conn, "runs", (*run, 1, 0, 0, 0, 0, blocked, 0, None, None))

    with writer(db) as conn:
        insert(conn, "sites", ("quiet", "安静", "http://quiet.example/", "640221", "trs"))
        insert(
            conn, "agencies", ("640221-x-0e0e", "平罗县某局", "640221", "county", "department", "")
        )
        insert(conn, "duties", ("640221-x-0e0e", 2020, 2021, "law", "department", None, "quiet"))
        crawled(conn, "2021-05-01", "ok", 0)
    last = published(db, tmp_path / "p.db")
    with writer(db) as conn:
        crawled(conn, day, outcome, blocked)
    before = content(last.path)["coverage"]
    last = check_renewal(db, last, tmp_path, day)
    assert (content(last.path)["coverage"] != before) == changes


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


def test_a_file_is_one_copy_whatever_its_names(db: Path, tmp_path: Path) -> None:
    """The same file was added under two names, and the report was seen on its portal again."""
    names = (FILE_NAME, "file:///00ff/b.pdf")
    days = ("2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z")

    def copies(path: Path) -> list[tuple[object, ...]]:
        return [row[2:] for row in content(path)["copies"] if row[0] == report and row[1] == digest]

    with writer(db) as conn:
        report, digest = conn.execute("SELECT min(id), digest FROM reports").fetchone()
        for name, day in zip(names, days, strict=True):
            insert(conn, "copies", (report, digest, name, "file", day, day))
    last = published(db, tmp_path / "p.db")
    expected = ("file:///00ff/", "file", days[1], days[1])
    assert copies(last.path) == [expected]
    with writer(db) as conn:
        conn.execute("UPDATE reports SET last_seen = '2025-09-09T00:00:00Z'")
    last = check_renewal(db, last, tmp_path, "seen")
    with writer(db) as conn:
        conn.execute("DELETE FROM copies WHERE url = ?", [names[1]])
    last = check_renewal(db, last, tmp_path, "changed")
    assert copies(last.path) == [("file:///00ff/", "file", days[0], days[0])]


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


def test_a_file_that_nobody_wrote_to_is_not_hashed(db: Path, tmp_path: Path) -> None:
    """The system copies it. Whoever writes to it, or puts a copy in its place, has it hashed again."""
    path, other = tmp_path / "p.db", tmp_path / "q.db"
    last = published(db, path)
    wrong = replace(last, sha256="0" * 64)
    marked = replace(wrong, mark=FileMark.of(path))
    renew_public_file(db, marked, other)
    assert content(other) == content(path)
    assert refused(db, wrong, tmp_path) == "full_damaged"
    body = path.read_bytes()
    path.write_bytes(body)
    os.utime(path, ns=(0, 0))
    assert refused(db, marked, tmp_path) == "full_damaged"
    path.unlink()
    path.write_bytes(body)
    assert refused(db, marked, tmp_path) == "full_damaged"
    renew_public_file(db, last, other)
    assert content(other) == content(path)


@pytest.mark.parametrize("error", [errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, None])
def test_a_file_is_copied_where_the_system_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int | None
) -> None:
    """Some file systems say that they copy nothing, others copy nothing and do not say so."""

    def refuse(*_: object) -> int:
        if error is None:
            return 0
        raise OSError(error, "cannot")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(256)) * 40_000)
    assert copy_proved(source, target, "", FileMark.of(source))
    assert target.read_bytes() == source.read_bytes()


def test_a_reference_to_a_missing_row_is_made_anew(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lost the row is the last publication, or the log: the archive has it."""
    last = published(db, tmp_path / "p.db")
    change_archive(db, random.Random(1), [change_status])

    def lose(conn: sqlite3.Connection) -> None:
        add_rollups(conn)
        conn.execute("DELETE FROM main.documents")

    monkeypatch.setattr(renewed_file, "add_rollups", lose)
    assert refused(db, last, tmp_path) == "full_reference_lost"


def test_rows_that_contradict_each_other_are_made_anew(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is made anew is right: no night is without a publication."""
    last = published(db, tmp_path / "p.db")
    change_archive(db, random.Random(1), [change_status])
    monkeypatch.setattr(renewed_file, "replace_rows", lambda conn: conn.execute(_TWICE))
    assert refused(db, last, tmp_path) == "full_rows_differ"


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
