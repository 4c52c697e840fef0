"""The whole chain through the command line: four portals, an archive, a site.

One crawl of the replica serves all tests here; they only read what it made, or work on a copy.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.paths import ROOT

BIN = Path(sys.executable).parent
EXPECTED = json.loads((ROOT / "tests/replica/expected.json").read_text(encoding="utf-8"))


def gongkai(folder: Path, *arguments: str, code: int = 0) -> str:
    """Run the command in `folder` and return what it prints."""
    done = subprocess.run(
        [BIN / "gongkai", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo ran."""
    folder = tmp_path_factory.mktemp("demo")
    summary = gongkai(folder, "demo", "--no-serve")
    assert "4 份报告" in summary
    return folder


def test_the_archive_can_be_published(made: Path, tmp_path: Path) -> None:
    """As it is, without a word of the operator's folders in what everybody gets."""
    told = json.loads(
        gongkai(tmp_path, "publish", "public", "--db", str(made / "archive.db"), "--json")
    )
    assert told["reports"] == 4
    unpacked = gzip.decompress((tmp_path / "public/current/downloads/archive.db.gz").read_bytes())
    assert unpacked == (tmp_path / "public/current/archive.db").read_bytes()
    assert str(made).encode() not in unpacked
    with sqlite3.connect(tmp_path / "public/current/archive.db") as conn:
        assert not conn.execute("SELECT 1 FROM snapshots WHERE warc LIKE '%/%'").fetchall()
    conn.close()


@contextmanager
def archive(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{folder / 'archive.db'}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


def content(path: Path) -> list[str]:
    """The archive's rows, without what tells of the building itself (runs, index, touches, migrations)."""
    left_out = (
        *('"runs"', '"search_index', '"_sqlite_migrations"', '"index_mark"'),
        *('"archive_states"', '"touches"', '"sqlite_sequence"'),
    )
    with closing(sqlite3.connect(path)) as conn:
        lines = conn.iterdump()
        return sorted(line for line in lines if not any(name in line for name in left_out))


def test_the_four_reports_have_all_their_values(made: Path) -> None:
    with archive(made) as conn:
        reports = {
            (row["name"], row["year"]): row
            for row in conn.execute(
                "SELECT r.*, a.name, a.region_code FROM reports r JOIN agencies a ON a.id = r.agency_id"
            )
        }
        assert len(reports) == len(EXPECTED) == 4
        for expected in EXPECTED.values():
            row = reports[expected["agency"], expected["year"]]
            assert (row["status"], row["form"], row["region_code"]) == (
                "complete",
                "2021",
                expected["region"],
            )
            assert row["published_on"] == expected["published_on"]
            assert row["title"].replace(" ", "") == expected["title"]
            assert found_tables(conn, row["id"]) == expected["tables"]
            headings = conn.execute(
                "SELECT heading FROM sections WHERE report_id = ? ORDER BY number", [row["id"]]
            )
            assert [heading.replace(" ", "") for (heading,) in headings] == expected["headings"]
        assert conn.execute("SELECT count(*) FROM cell_notes").fetchone()[0] == 0
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []


def found_tables(conn: sqlite3.Connection, report: str) -> dict:
    def rows(table: str, key: str | None) -> dict:
        found = {}
        for row in conn.execute(f"SELECT * FROM {table} WHERE report_id = ?", [report]):
            cells = dict(row)
            del cells["report_id"]
            found[cells.pop(key) if key else ""] = cells
        return found

    return {
        "active_disclosure": rows("active_disclosure", None),
        "requests": rows("requests", "item"),
        "review_litigation": rows("review_litigation", "proceeding"),
    }


def test_every_number_leads_to_its_original(made: Path) -> None:
    with archive(made) as conn:
        for row in conn.execute(
            "SELECT r.url, s.warc, s.offset, s.digest FROM reports r"
            " JOIN snapshots s ON s.digest = r.digest AND s.url = r.url"
        ):
            assert (made / "snapshots" / row["warc"]).stat().st_size > row["offset"]
            assert row["url"].startswith("http://")
        assert conn.execute("SELECT count(*) FROM revisions WHERE current").fetchone()[0] == 4


def test_the_originals_verify(made: Path) -> None:
    files = sorted((made / "snapshots").glob("*.warc.gz"))
    assert {path.name.split("-")[0] for path in files} == {
        "pingluo",
        "weibin",
        "yongning",
        "zhongwei",
    }
    for path in files:
        done = subprocess.run(
            [BIN / "warcio", "check", path], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "")


def test_a_second_build_changes_nothing(made: Path, tmp_path: Path) -> None:
    folder = copy_of(made, tmp_path)
    before = (folder / "archive.db").read_bytes()
    gongkai(folder, "build")
    assert (folder / "archive.db").read_bytes() == before


def test_a_lost_archive_is_made_again_from_the_warc_files_alone(made: Path, tmp_path: Path) -> None:
    folder = copy_of(made, tmp_path)
    before = content(folder / "archive.db")
    (folder / "archive.db").unlink()
    for path in (folder / "snapshots").glob("index.db*"):
        path.unlink()
    gongkai(folder, "build", "--rebuild")
    assert content(folder / "archive.db") == before


def copy_of(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def test_export_writes_every_table(made: Path, tmp_path: Path) -> None:
    gongkai(made, "export", "--out", str(tmp_path))
    path = tmp_path / "requests.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 100
    assert sum(int(row["total"]) for row in rows if row["item"] == "new") == 2


def test_a_report_in_the_terminal(made: Path) -> None:
    shown = gongkai(made, "show", "平罗县")
    assert "平罗县工业和信息化局" in shown
    assert "本机关不掌握相关政府信息" in shown
    assert "共主动公开政府信息 条" in gongkai(made, "check")
    assert "yongning" in gongkai(made, "status")


def test_plain_scrapy(made: Path) -> None:
    environment = {**os.environ, "SCRAPY_SETTINGS_MODULE": "gongkai.crawler.settings"}
    done = subprocess.run(
        [BIN / "scrapy", "list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert done.stdout.split() == ["pingluo", "weibin", "yongning", "zhongwei"]


def test_the_site_answers(made: Path, tmp_path: Path) -> None:
    folder = copy_of(made, tmp_path)
    (check,) = json.loads(gongkai(folder, "check", "--json"))
    said = ("--verdict", "source", "--comment", "与原件核对无误", "--public")
    gongkai(folder, "review", check["id"], *said)
    command = [BIN / "gongkai", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            address = line[line.index("http://") :].split()[0]
            for question in ("复议", "微博", "三审三校", "2024年", "0952-6095019", "２０２４年"):
                assert "<mark>" in get(f"{address}search?q={quote(question)}"), question
            assert "平罗县工业和信息化局" in get(f"{address}search?q={quote('0952-6095019')}")
            for page in ("checks", f"report/{check['report_id']}"):
                assert "与原件核对无误" in get(address + page)
        finally:
            server.terminate()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()
