"""An archive that is built from kept pages and files, with its originals, and the site on it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from datasette.app import Datasette

from gongkai.archive.commands.shared.served_originals import copy_reader
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.evidence.stamping import stamp_chain
from gongkai.crawler.warc.store import Snapshots
from gongkai.publish.server.datasette_server import open_languages
from tests.archive.folder import Folder, report_page
from tests.crawler.evidence.authority import Authority
from tests.paths import REPORTS

FIRST, SECOND, THIRD = (f"2025-0{month}-01T01:30:00Z" for month in (2, 3, 4))
RUN = "01890a5d4a4c7cc98d1a2b3c4d5e6f70"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def frozen_document(case: str) -> bytes:
    """Return the bytes of a frozen document."""
    (source,) = (REPORTS / case).glob("source.*")
    return source.read_bytes()


def article(granted: str = "7") -> bytes:
    """Return a page with a report and a script; a value is missing in its second row of requests."""
    page = report_page(granted__total=granted, granted__business="/", refused_third_party__total="")
    row = page.index("二、上年结转".encode())
    page = page[:row] + page[row:].replace(b"<td>0</td>", b"", 1)
    return page.replace(
        b"<body>",
        "<body onload='alert(1)'><script>alert(1)</script><p>栏目：<a href='http://elsewhere.example/'>信息公开</a></p>".encode(),
        1,
    )


def keep_edited_report(path: Path) -> Folder:
    """Keep a page of which a number and a sentence were changed, and a paragraph removed."""
    folder = Folder(path)
    folder.fetch(FIRST, "/nb/jyj.html", _with_words("共计二十一件", "<p>另有一段说明。</p>"))
    folder.fetch(SECOND, "/nb/jyj.html", _with_words("共计十二件", "", "9"))
    folder.build()
    return folder


def _with_words(words: str, paragraph: str, granted: str = "7") -> bytes:
    page = article(granted).replace("共计若干件".encode(), words.encode(), 1)
    return page.replace("<p>五、".encode(), f"{paragraph}<p>五、".encode(), 1)


def keep_reports(path: Path) -> Folder:
    """Keep a page that was seen twice, a PDF and a Word file, and build the archive."""
    folder = Folder(path)
    folder.fetch(FIRST, "/nb/jyj.html", article())
    folder.fetch(
        FIRST,
        "/nb/sjj.pdf",
        frozen_document("pdf-chromium-zebra"),
        media_type="application/pdf",
    )
    folder.fetch(FIRST, "/nb/word.docx", frozen_document("docx-auto-numbers"), media_type=DOCX)
    folder.run(RUN, "2025-02-01")
    folder.fetch(SECOND, "/nb/jyj.html", article())
    folder.build()
    return folder


def prove_originals(path: Path, authority: Authority) -> None:
    """Cover the originals of a folder with a manifest, and have it stamped.

    The certificate of the authority is put beside them, as `ROOT.pem`.
    """
    with Snapshots(path / "snapshots") as snapshots:
        cover_leftovers(snapshots)
    stamp_chain(path / "snapshots", [authority.url])
    shutil.copy(authority.root, path / "ROOT.pem")


@asynccontextmanager
async def started_with_originals(path: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Start both instances on the archive of a folder, with its originals, and stop them."""
    datasettes = open_languages(path / "archive.db", read_copy=copy_reader(path / "snapshots"))
    for datasette in datasettes.values():
        await datasette.invoke_startup()
    yield datasettes
    for datasette in datasettes.values():
        for database in datasette.databases.values():
            database.close()
        datasette.executor.shutdown()
