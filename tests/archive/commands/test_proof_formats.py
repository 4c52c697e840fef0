"""gongkai proof for each kind of document and cell: its folder is checked by other programs."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from gongkai.archive.cli import main
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.warc.parse import PART
from gongkai.crawler.warc.store import Snapshots
from gongkai.extract.formats.media_type import OFD, XLSX
from tests.archive.commands.test_proof import commands, prove, run
from tests.archive.folder import HOST, Folder, report_page
from tests.crawler.imports.foreign_files import packed, page
from tests.publish.kept_reports import DOCX, FIRST, SECOND, article, frozen_document

STYLE = b".logo { width: 40px } p { background: url(x.png) }"
LOGO = b"GIF89a" + bytes(20)
PAGE = (
    article()
    .replace(b"<body", b"<link rel=stylesheet href=/css/a.css><body", 1)
    .replace(b"<h1>", b"<img class=logo src=logo.gif><h1>", 1)
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an archive with a document of each kind, and a record of another crawler."""
    path = tmp_path_factory.mktemp("kinds")
    with Folder(path) as folder:
        folder.fetch(FIRST, "/nb/jyj.html", PAGE)
        folder.fetch(FIRST, "/css/a.css", STYLE, media_type="text/css", role=PART)
        folder.fetch(FIRST, "/nb/logo.gif", LOGO, media_type="image/gif", role=PART)
        folder.fetch(SECOND, "/nb/jyj.html", PAGE)
        for name, case, media_type in (
            ("a.docx", "docx-2019", DOCX),
            ("a.xlsx", "xlsx-one-sheet", XLSX),
            ("a.ofd", "ofd-plain", OFD),
        ):
            folder.fetch(FIRST, f"/nb/{name}", frozen_document(case), media_type=media_type)
    foreign = path / "other.warc.gz"
    foreign.write_bytes(
        packed(
            [page(f"{HOST}/nb/czj.html", report_page("平罗县财政局"), date="2025-02-03T04:00:00Z")]
        )
    )
    words = ["import", foreign, "--snapshots", path / "snapshots", "--collection", "Library"]
    done = CliRunner().invoke(main, [*map(str, words)])
    assert done.exit_code == 0, done.output
    with Folder(path) as folder:
        folder.build()
    with Snapshots(path / "snapshots") as snapshots:
        cover_leftovers(snapshots)
    return path


def report_of(kept: Path, url: str) -> str:
    """Return the id of the report at a path."""
    with Folder(kept) as folder:
        ((found,),) = folder.rows("SELECT id FROM reports WHERE url = ?", HOST + url)
    return str(found)


@pytest.mark.parametrize(
    ("url", "cell", "files"),
    [
        ("/nb/jyj.html", ("requests", "granted", "total"), {"original.html", "page.html"}),
        ("/nb/jyj.html", ("requests", "carried_in", "total"), {"original.html", "page.html"}),
        ("/nb/a.docx", ("requests", "new", "total"), {"original.docx", "page.html"}),
        ("/nb/a.xlsx", ("requests", "new", "total"), {"original.xlsx", "page.html"}),
        ("/nb/a.ofd", ("requests", "new", "total"), {"original.ofd", "page.html"}),
        ("/nb/czj.html", ("requests", "new", "total"), {"original.html", "page.html"}),
    ],
)
def test_each_kind_is_proved_and_checked_with_programs_of_others(
    kept: Path, tmp_path: Path, url: str, cell: tuple[str, str, str], files: set[str]
) -> None:
    folder = tmp_path / "proof"
    done = prove(kept, folder, report_of(kept, url), *cell)
    assert done.exit_code == 0, done.output
    assert files <= {each.name for each in folder.iterdir()}
    for command in commands(folder):
        run(command, folder)
    shown = (folder / "page.html").read_text(encoding="utf-8")
    record = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    assert "outline:3px solid" in shown
    assert record["printed"]["is_same"]
    assert record["seen"]["count"] == (2 if url.endswith("jyj.html") else 1)


def test_an_absent_cell_is_proved_by_its_row(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "proof"
    report = report_of(kept, "/nb/jyj.html")
    assert prove(kept, folder, report, "requests", "granted", "business").exit_code == 0
    record = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    assert (record["value"], record["raw"], record["note"]) == (None, "/", "dash")
    assert "<mark>/</mark>" in (folder / "proof.html").read_text(encoding="utf-8")


def test_the_package_carries_the_parts_of_the_page(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "proof"
    assert (
        prove(kept, folder, report_of(kept, "/nb/jyj.html"), "requests", "new", "total").exit_code
        == 0
    )
    shown = (folder / "page.html").read_text(encoding="utf-8")
    assert ".logo{width:40px}" in shown
    assert 'src="data:image/gif;base64,' in shown
    assert "url(" not in shown
    with ZipFile(folder / "records.wacz") as package:
        (index,) = (name for name in package.namelist() if name.startswith("indexes/"))
        assert package.read("pages/pages.jsonl").count(b"jyj.html") == 2
        assert index
    run("warcio check records.warc.gz", folder)
    listed = run("warcio index -f warc-target-uri records.warc.gz", folder)
    assert f"{HOST}/nb/logo.gif" in listed
    assert f"{HOST}/css/a.css" in listed


def test_a_number_from_an_import_says_whose_record_it_is(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "proof"
    assert (
        prove(kept, folder, report_of(kept, "/nb/czj.html"), "requests", "new", "total").exit_code
        == 0
    )
    (seen,) = json.loads((folder / "proof.json").read_text(encoding="utf-8"))["seen"]["fetches"]
    assert (seen["seen_by"], seen["run"]) == ("Library", "")
    assert "<td>Library</td>" in (folder / "proof.html").read_text(encoding="utf-8")
