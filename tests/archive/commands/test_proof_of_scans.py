"""gongkai proof of a number that was recognised in a picture: the picture has a box around it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageDraw

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.workers import reading_conditions
from gongkai.archive.workers.document_reader import _PICTURES
from gongkai.archive.workers.process_pool import read_document
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.sites.registry import load_sites
from gongkai.crawler.warc.store import Snapshots
from gongkai.extract.model.report import Source
from gongkai.extract.ocr_layout import RecognizedPage, RecognizedWord, read_recognized_pages
from tests.archive.commands.test_proof import commands, prove, run
from tests.archive.folder import Folder
from tests.extract.ocr_sheets import SHEETS, VALUES
from tests.extract.printed_forms import flat
from tests.publish.kept_reports import FIRST

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
RED = 14
CELL = ("requests", "new", "total")


def drawn(sheet: RecognizedPage) -> Image.Image:
    """Return a page as a picture, with a dark place for each word."""
    page = Image.new("L", (round(sheet.width), round(sheet.height)), 255)
    draw = ImageDraw.Draw(page)
    for word in sheet.words:
        draw.rectangle((word.x0, word.y0, word.x1, word.y1), fill=60)
    return page


def as_pdf(sheets: Sequence[RecognizedPage]) -> bytes:
    first, *others = map(drawn, sheets)
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others, resolution=200)
    return out.getvalue()


def as_png(sheets: Sequence[RecognizedPage]) -> bytes:
    (sheet,) = sheets
    out = io.BytesIO()
    drawn(sheet).save(out, "PNG")
    return out.getvalue()


def stacked(sheets: Sequence[RecognizedPage]) -> RecognizedPage:
    """Return pages as one long page."""
    words, level, plumb, top = [], [], [], 0.0
    for sheet in sheets:
        words += [
            RecognizedWord(w.text, w.x0, w.y0 + top, w.x1, w.y1 + top, w.score) for w in sheet.words
        ]
        level += [type(r)(r.at + top, r.start, r.end) for r in sheet.horizontal]
        plumb += [type(r)(r.at, r.start + top, r.end + top) for r in sheet.vertical]
        top += sheet.height
    wide = max(sheet.width for sheet in sheets)
    return RecognizedPage(wide, top, 200, tuple(words), tuple(level), tuple(plumb))


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_the_picture_has_a_box_and_other_programs_check_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    sheets = SHEETS if kind == "pdf" else [stacked(SHEETS[:4])]
    body = as_pdf(sheets) if kind == "pdf" else as_png(sheets)
    media_type = "application/pdf" if kind == "pdf" else "image/png"
    monkeypatch.setattr(reading_conditions, "is_ocr_installed", lambda: True)
    recognised = read_recognized_pages(sheets, Source(), media_type)
    monkeypatch.setitem(_PICTURES, "scan", lambda *_: recognised)
    with Folder(tmp_path) as folder:
        folder.fetch(FIRST, f"/c/nb.{kind}", body, media_type=media_type)
        job = BuildJob(
            folder.snapshots,
            load_sites(),
            read=lambda tasks: ((task, read_document(task.body, task.source)) for task in tasks),
        )
        build(folder.db, job)
        ((report, box),) = folder.rows(
            "SELECT report_id, box FROM cell_notes WHERE part = ? AND item = ? AND field = ?",
            *CELL,
        )
        assert folder.rows("SELECT count(*) FROM cell_notes WHERE note = 'ocr' AND box = ''") == [
            (0,)
        ]
    with Snapshots(tmp_path / "snapshots") as snapshots:
        cover_leftovers(snapshots)
    proof = tmp_path / "proof"
    done = prove(tmp_path, proof, str(report), *CELL)
    assert done.exit_code == 0, done.output
    for command in commands(proof):
        run(command, proof)
    assert json.loads((proof / "proof.json").read_text(encoding="utf-8"))["printed"]["is_same"]

    page, *_ = map(int, str(box).split())
    sheet = sheets[page - 1]
    (word,) = (each for each in sheet.words if each.text == flat(VALUES)[CELL])
    shades = numpy.asarray(Image.open(io.BytesIO((proof / "page.png").read_bytes())))
    rows, columns = numpy.nonzero(shades == RED)
    scale = shades.shape[1] / sheet.width
    left, top, right, bottom = (
        side / scale for side in (columns.min(), rows.min(), columns.max(), rows.max())
    )
    assert left < word.x0 < word.x1 < right < word.x1 + 120
    assert top < word.y0 < word.y1 < bottom < word.y1 + 60
