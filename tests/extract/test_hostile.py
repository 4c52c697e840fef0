"""No document stops the archive: each ends soon, within limits, with a reason of one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.extract.formats.media_type import ZIP
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.report import READERS, read
from tests.extract.printed_forms import TITLE, numbered
from tests.hostile.measure import FILES
from tests.hostile.packages import PACKAGES
from tests.hostile.pdfs import PDFS
from tests.paths import ROOT
from tests.printing.excel import report as sheet
from tests.printing.excel import xls, xlsx
from tests.printing.matrix import Style
from tests.printing.page import Markup as Page
from tests.printing.page import page
from tests.printing.plain import text
from tests.printing.word import Markup, document, packed

SECONDS = 60
MIB = 1000

# Words of the line that is said, where a person could do something about it or wonder.
SAID = {
    "empty.html": "is empty",
    "only-nul.html": "is empty",
    "50MB.html": "HTML page of",
    "50MB.txt": "text of",
    "million-tabs.txt": "lines",
    "cut.docx": "damaged",
    "xxe.docx": "DTD",
    "laughs.docx": "entity amplification",
    "quadratic.docx": "entity amplification",
    "deep.docx": "depth",
    "million-rows.docx": "37",
    "zeros.docx": "unpacks to",
    "lying.docx": "damaged",
    "pdf.docx": "PDF",
    "far.xlsx": "1048576 rows and 16384 columns",
    "far-without-places.xlsx": "1048576",
    "merged.xlsx": "not an annual report",  # a range within another is passed over
    "zeros.xlsx": "unpacks to",
    "locked.docx": "password",
    "locked.doc": "password",
    "garbage.zip": "damaged ZIP",
    "zeros.zip": "unpacks to",
    "overlapping.zip": "unpacks to",
    "nested.zip": "no document in the ZIP",
    "members.zip": "directory",
    "slip.zip": "gongkai-slipped",
    "cut.zip": "damaged ZIP",
    "cut.ofd": "damaged",
    "xxe.ofd": "DTD",
    "laughs.ofd": "entity amplification",
    "without-page.ofd": "1.xml is missing",
    "20000-pages.ofd": "20000 pages",
    "deep.ofd": "nested",
    "loop.ofd": "nested",
    "characters.ofd": "characters",
    "path.ofd": "operators",
    "lines.ofd": "lines",
    "zeros.ofd": "unpacks to",
    "cut.pdf": "damaged PDF",
    "garbage.pdf": "damaged PDF",
    "locked.pdf": "password",
    "20000-pages.pdf": "pages",
    "double-flate.pdf": "unpacks to",
}


@pytest.fixture(scope="module")
def endings() -> dict[str, dict]:
    """How every hostile file ended, each read as the archive's workers read it."""
    command = [sys.executable, "-m", "tests.hostile.measure"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=1500, check=True
    )
    return {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", FILES)
def test_every_hostile_file_ends(endings: dict[str, dict], name: str) -> None:
    ended = endings[name]
    assert ended["outcome"] in ("unreadable", "not_report", "report", "scan", "list", "image_tables", "attachments_only")  # fmt: skip
    assert ended["seconds"] < SECONDS, ended
    assert ended["mib"] < MIB, ended
    assert ended["outcome"] == "report" or 0 < len(ended["why"]) < 400, ended
    assert "\n" not in ended["why"]
    assert SAID.get(name, "") in ended["why"]
    if name in PACKAGES or name in PDFS:
        assert ended["outcome"] != "report"


def test_nothing_is_written_outside(endings: dict[str, dict]) -> None:
    assert "slip.zip" in endings
    assert not list(Path("/tmp").glob("gongkai-slipped*"))
    assert not list(Path("/etc").glob("gongkai-slipped*"))


VALUES = numbered(FORM_2021)
REAL = {
    "docx": document(TITLE["2021"], FORM_2021, VALUES, Style(), Markup(numbers="style", box=True)),
    "xlsx": xlsx([sheet(TITLE["2021"], FORM_2021, VALUES, Style())]),
    "xls": xls([sheet(TITLE["2021"], FORM_2021, VALUES, Style())]),
    "html": page(TITLE["2021"], FORM_2021, VALUES, Style(), Page(cell="word")),
    "lines": text(TITLE["2021"], FORM_2021, VALUES, Style(), "lines"),
    "tabs": text(TITLE["2021"], FORM_2021, VALUES, Style(), "tabs"),
}
REAL["zip"] = packed({"年报.docx": REAL["docx"], "表.xls": REAL["xls"]})
REAL["ofd"] = (ROOT / "tests" / "reports" / "ofd-2019" / "source.ofd").read_bytes()
REAL |= {
    path.parent.name: path.read_bytes()
    for path in sorted((ROOT / "tests" / "reports").glob("*/source.pdf"))[:4]
}
TYPES = st.sampled_from(["", *READERS, ZIP, "image/png", "text/html; charset=gbk", "x"])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real document with bytes flipped, cut out, doubled, or put elsewhere."""
    body = bytearray(draw(st.sampled_from(sorted(REAL.items())))[1])
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body) - 1))
        piece = body[start : start + draw(st.sampled_from([1, 2, 16, 300, 5000]))]
        kind = draw(st.sampled_from(["flip", "cut", "double", "end", "move"]))
        if kind == "flip":
            body[start] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del body[start : start + len(piece)]
        elif kind == "double":
            body[start:start] = piece
        elif kind == "end":
            del body[start:]
        else:
            place = draw(st.integers(0, len(body)))
            body[place:place] = piece
        if not body:
            break
    return bytes(body)


@given(body=st.binary(max_size=4000), media_type=TYPES, name=st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_an_outcome(body: bytes, media_type: str, name: str) -> None:
    found = read(body, Source(media_type=media_type, filename=name, url=f"http://a.gov.cn/{name}"))
    assert isinstance(found, Reading)
    assert found.outcome != "report"
    assert found.why or found.outcome == "not_report"


@given(head=st.sampled_from([b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"<html>", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", b"\x1f\x8b"]), body=st.binary(max_size=2000))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_bytes_behind_a_magic_number(head: bytes, body: bytes) -> None:
    assert read(head + body).outcome != "report"


@given(body=mutated(), media_type=TYPES)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
def test_a_damaged_report_is_an_outcome(body: bytes, media_type: str) -> None:
    found = read(body, Source(media_type=media_type))
    assert isinstance(found, Reading)
    assert found.outcome == "report" or "\n" not in found.why
