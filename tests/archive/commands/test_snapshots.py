"""The folder of originals through the command line: proof, indexes, kept copies."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.commands.shared.served_originals import copy_reader
from gongkai.crawler.warc.parse import gzip_members
from tests.archive.folder import HOST, Command, Folder

PAGE = "/zfxxgknb/202501/t20250120_1.html"


@pytest.fixture
def kept(folder: Folder) -> Path:
    """One page in three versions, one of them twice, and an answer that it is gone."""
    folder.fetch("2025-01-21T02:00:00Z", PAGE, b"<p>one</p>")
    folder.fetch("2025-01-22T02:00:00Z", PAGE, b"<p>one</p>")
    folder.fetch("2025-01-23T02:00:00Z", PAGE, b"<p>two</p>")
    folder.fetch("2025-01-24T02:00:00Z", PAGE, b"<p>gone</p>", status=404)
    return folder.snapshots.folder


def test_no_reader_of_a_site_makes_an_index_again(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A site of another version beside it would make it again in turn; one that starts does so first."""
    page = folder.fetch("2025-01-21T02:00:00Z", PAGE, b"<p>one</p>")
    originals = folder.snapshots.folder
    read = copy_reader(originals)
    assert read is not None
    assert read(page.id) == b"<p>one</p>"
    folder.snapshots.close()
    with closing(sqlite3.connect(originals / "index.db")) as index:
        (ours,) = index.execute("PRAGMA user_version").fetchone()
        index.execute(f"PRAGMA user_version = {ours - 1}")

        with pytest.raises(LookupError, match="另一版本"):
            read(page.id)
        assert index.execute("PRAGMA user_version").fetchone() == (ours - 1,)

    capsys.readouterr()
    started = copy_reader(originals)
    assert "由 WARC 文件重建" in capsys.readouterr().err
    assert started is not None
    assert started(page.id) == read(page.id) == b"<p>one</p>"


def test_a_whole_folder_is_proved(run: Command, kept: Path) -> None:
    proved = run("snapshots", "verify")

    assert proved.exit_code == 0, proved.output
    assert proved.stdout.startswith("4 个文件 · 12 条记录 · 4 份原件")
    assert proved.stdout.endswith("全部完好\n")
    assert json.loads(run("snapshots", "verify", "--json").stdout)["wrong"] == []


def flip(path: Path) -> None:
    """Change one byte of the page itself, and compress it again without a fault."""
    with path.open("rb") as file:
        contents = [content.replace(b"<p>one", b"<p>0ne") for _, _, content in gzip_members(file)]
    path.write_bytes(b"".join(gzip.compress(content, mtime=0) for content in contents))


def tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def drop(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (flip, "内容与保存时不同"),
        (tear, "字节起已损坏"),
        (drop, "文件缺失"),
    ],
)
def test_damage_is_found_and_said(run: Command, kept: Path, damage: object, said: str) -> None:
    assert callable(damage)
    damage(min(kept.glob("*.warc.gz")))

    proved = run("snapshots", "verify")

    assert proved.exit_code == 1
    assert said in proved.stderr


def test_an_index_that_says_something_else_is_found_and_made_again(
    run: Command, kept: Path
) -> None:
    with closing(sqlite3.connect(kept / "index.db")) as db, db:
        db.execute("UPDATE snapshots SET digest = 'sha256:0' WHERE status = 404")

    assert "索引中的内容与此不同" in run("snapshots", "verify").stderr
    assert run("snapshots", "reindex").stdout == "4 份原件\n"
    assert run("snapshots", "verify").exit_code == 0


def test_cdxj_is_written_once(run: Command, kept: Path) -> None:
    assert run("snapshots", "cdxj").stdout.startswith("4 ")
    assert run("snapshots", "cdxj").stdout.startswith("0 ")


@pytest.mark.parametrize("address", [HOST + PAGE, HOST.replace("http://www.", "https://") + PAGE])
def test_the_last_document_is_shown_with_all_fetches(
    run: Command, kept: Path, address: str
) -> None:
    shown = run("snapshot", address)

    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[1].split() == ["时间", "2025-01-23T02:00:00Z"]
    assert [line.split()[:2] for line in lines[-4:]] == [
        ["2025-01-21T02:00:00Z", "200"],
        ["2025-01-22T02:00:00Z", "200"],
        ["2025-01-23T02:00:00Z", "200"],
        ["2025-01-24T02:00:00Z", "404"],
    ]
    assert [line.endswith("变更") for line in lines[-4:]] == [False, False, True, True]


def test_a_rendered_page_names_its_answer(run: Command, folder: Folder) -> None:
    for day in ("2025-01-21", "2025-01-22"):
        original = folder.fetch(f"{day}T02:00:00Z", "/leaf/", b"<script src='/app.js'></script>")
        writer = folder.snapshots.writer("pingluo")
        writer.write_rendering(original.url, b"<p>2024</p>", original)
        writer.close()
    shown = run("snapshot", original.url)
    assert shown.exit_code == 0, shown.output
    assert ["渲染自", original.id] in [line.split() for line in shown.stdout.splitlines()]
    assert "变更" not in shown.stdout
    assert run("snapshot", original.url, "--out", "-").stdout_bytes == b"<p>2024</p>"


def test_a_copy_of_a_day_is_saved_as_it_was(run: Command, kept: Path, tmp_path: Path) -> None:
    saved = run("snapshot", HOST + PAGE, "--at", "2025-01-22", "--out", "page.html")

    assert saved.exit_code == 0, saved.output
    assert (tmp_path / "page.html").read_bytes() == b"<p>one</p>"
    assert run("snapshot", HOST + PAGE, "--out", "-").stdout_bytes == b"<p>two</p>"


def test_what_is_not_kept_is_said(run: Command, kept: Path) -> None:
    nothing = run("snapshot", HOST + "/other.html")
    assert (nothing.exit_code, "没有存档" in nothing.stderr) == (2, True)
    early = run("snapshot", HOST + PAGE, "--at", "2024-01-01")
    assert (early.exit_code, "最早为 2025-01-21T02:00:00Z" in early.stderr) == (2, True)
