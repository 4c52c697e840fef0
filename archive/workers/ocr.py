"""Recognition of words and table lines in scanned pages and pictures, with the extra [ocr].

rapidocr-onnxruntime has its models in its own package and downloads nothing. Table lines are found
in the picture itself. A dark place that was not recognised is read once more by itself; if that
fails, it stays unreadable and never becomes a blank.
"""

from __future__ import annotations

import io
import itertools
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any, NoReturn

from gongkai.archive.errors import UnreadDocumentError
from gongkai.archive.workers.image_lines import (
    binarize,
    connected_boxes,
    deskew,
    detect_rules,
    dilate,
)
from gongkai.archive.workers.sandbox import SandboxLimits
from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.embedded_images import find_embedded_images
from gongkai.extract.formats.media_type import OFD
from gongkai.extract.layout.page import UNREADABLE, Box
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.ocr_layout import (
    RecognizedLine,
    RecognizedPage,
    RecognizedWord,
    read_recognized_pages,
    recognized_text,
    split_at_lines,
    table_lines,
)
from gongkai.extract.ocr_layout import read_recognized_tables as read_pictured_tables
from gongkai.messages import message

LIMITS = SandboxLimits(memory=2048, cpu=150, wall=900.0)
"""A page takes 3 to 5 s of processor time, a report has 5 to 12; a tenth of that for other scans.

The clock is a backstop for a machine that is busy with other work."""

MAX_PAGES = 20
MAX_PIXELS = 40_000_000
_DRAWN = 12_000_000
"""Pixels of a page at most: three pages of A4 at 200 dpi."""
_DPI = 200
_FIRST_SECONDS = 25
"""Processor time for the first pages: a scan of another kind is given up early."""
_FIRST_PAGES = 2
"""Pages after which a scan without the words of a report is given up."""
_REPORT_WORDS = ("信息公开", "自然人", "规范性文件", "行政复议")

# Sizes in pixels at 200 dpi, where a printed figure is some 25 high.
_ACROSS, _DOWN = 60, 40  # shorter strokes are parts of characters
_SPECK = 9
_LARGE = 120  # seals, pictures
_MOST_CLUSTERS = 150


class UnreadablePictureError(UnreadDocumentError):
    """The bytes are not a picture that can be read; the message says why."""


def read_scan(body: bytes, source: Source, media_type: str) -> Reading:
    """Read a scanned PDF or a picture. Runs in the sandbox, because decoding pictures is dangerous.

    A scan that cannot be read, or that has no words of a report, stays a `scan`.
    """
    return read_pages(page_images(body, media_type), source, media_type)


def read_pages(pictures: Iterable[Any], source: Source, media_type: str) -> Reading:
    """Read the pages of one document, as `read_scan` does; `pictures` are those of `page_images`."""
    sheets: list[RecognizedPage] = []
    try:
        with _processor_time(_FIRST_SECONDS) as stop:
            engine = None
            for picture in pictures:
                engine = engine or _engine()  # not beside the drawing of the first page
                sheets.append(_sheet(picture, engine))
                if len(sheets) == _FIRST_PAGES:
                    if not _has_report_words(sheets):
                        break
                    stop()
    except UnreadablePictureError as problem:
        return Reading("scan", media_type, "", reason=problem.message)
    if not _has_report_words(sheets):
        return Reading("scan", media_type, "", reason=message("ocr_other_matter"))
    return read_recognized_pages(sheets, source, media_type)


@contextmanager
def _processor_time(seconds: float) -> Iterator[Callable[[], None]]:
    """Raise an error in the block after seconds of processor time, unless `stop` is called.

    Processor time, because a busy machine says nothing about a document. The error can be raised
    inside the engine, which makes another one of it: whatever ends the block late is a timeout.

    Raises:
        UnreadablePictureError: the time is over.
    """
    timeout = UnreadablePictureError("ocr_timeout", seconds=f"{seconds:g}")
    is_late = False

    def late(*_: object) -> NoReturn:
        nonlocal is_late
        is_late = True
        raise timeout

    def stop() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield stop
    except Exception as problem:
        if is_late:
            raise timeout from problem
        raise
    finally:
        stop()
        signal.signal(signal.SIGPROF, before)


def read_pictured(body: bytes, source: Source, media_type: str) -> Reading:
    """Read a document whose tables are pictures inside it. Runs in the sandbox."""
    if media_type == "application/pdf":
        return read_scan(body, source, media_type)
    sheets: list[RecognizedPage] = []
    try:
        engine = _engine()
    except UnreadablePictureError as problem:
        return Reading("image_tables", media_type, "", reason=problem.message)
    for picture in find_embedded_images(body, media_type):
        try:
            sheets += [_sheet(pixels, engine) for pixels in page_images(picture, "")]
        except UnreadablePictureError:
            continue  # a seal in a format of its own, for instance
    reading = read_pictured_tables(body, source, media_type, sheets) if sheets else None
    if reading is None:
        return Reading("image_tables", media_type, "", reason=message("ocr_without_tables"))
    return reading


def _has_report_words(sheets: list[RecognizedPage]) -> bool:
    text = normalize_text(recognized_text(sheets))
    return any(word in text for word in _REPORT_WORDS)


def _engine() -> Any:
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError as problem:  # OpenCV without the libraries of a desktop
        raise UnreadablePictureError("ocr_not_started", why=str(problem)) from problem
    # one thread: the pool reads as many documents at once as there are cores
    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1, print_verbose=False)


def page_images(body: bytes, media_type: str) -> Iterator[Any]:
    """Yield the pages as arrays of RGB pixels, shape (height, width, 3), at about 200 dpi.

    Raises:
        UnreadablePictureError: the bytes are no picture or PDF, or it is too large.
    """
    if media_type == "application/pdf":
        yield from _pages(body)
        return
    if media_type == OFD:
        raise UnreadablePictureError("ocr_not_for_ofd")
    import numpy
    from PIL import Image

    try:
        with Image.open(io.BytesIO(body)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise UnreadablePictureError(
                    "picture_too_large", width=picture.width, height=picture.height
                )
            wide = max(1.0, min(2.5, 1600 / picture.width))  # small pictures of tables
            wide = min(wide, (_DRAWN / (picture.width * picture.height)) ** 0.5)
            size = round(picture.width * wide), round(picture.height * wide)
            yield numpy.asarray(picture.convert("RGB").resize(size))
    except Image.DecompressionBombError as problem:
        raise UnreadablePictureError("picture_bomb") from problem
    except (OSError, ValueError, SyntaxError) as problem:
        raise UnreadablePictureError("picture_damaged", why=type(problem).__name__) from problem


def _pages(body: bytes) -> Iterator[Any]:
    import pypdfium2

    # the text reader gives PDFium fonts without letters, and this process is a fork of one
    raw = pypdfium2.raw
    raw.FPDF_SetSystemFontInfo(raw.FPDF_GetDefaultSystemFontInfo())
    try:
        with closing(pypdfium2.PdfDocument(body)) as pdf:
            if len(pdf) > MAX_PAGES:
                raise UnreadablePictureError("scan_too_long", n=len(pdf))
            for page in pdf:
                width, height = page.get_size()
                scale = min(_DPI / 72, (_DRAWN / max(width * height, 1.0)) ** 0.5)
                pixels = page.render(scale=scale).to_numpy()[:, :, 2::-1].copy()
                page.close()  # what it took to draw is given back before it is read
                yield pixels
    except pypdfium2.PdfiumError as problem:
        raise UnreadablePictureError("pdf_not_drawn", why=str(problem)[:160]) from problem


def _sheet(picture: Any, engine: Any) -> RecognizedPage:
    """Return the words and lines of one picture, which is deskewed first."""
    import numpy

    picture, skew = deskew(picture)
    height, width = picture.shape[:2]
    ink = binarize(picture)
    across, down = detect_rules(ink, _ACROSS, 1), detect_rules(ink, 1, _DOWN)
    rest = numpy.where(dilate(across) | dilate(down), 0, ink)
    found, _ = engine(picture, use_cls=False)
    sheet = RecognizedPage(
        width,
        height,
        _DPI,
        tuple(_word(box, text, float(score)) for box, text, score in found or ()),
        tuple(RecognizedLine(y + h / 2, x, x + w) for x, y, w, h in connected_boxes(across)),
        tuple(RecognizedLine(x + w / 2, y, y + h) for x, y, w, h in connected_boxes(down)),
        skew,
    )
    words: list[RecognizedWord] = []
    for word in sheet.words:
        left = len(sheet.words) + _MOST_CLUSTERS - len(words)
        words += itertools.islice(_divided(word, sheet, picture, rest, engine), max(left, 0))
    return replace(sheet, words=(*words, *_unread_places(picture, rest, sheet, words, engine)))


def _divided(
    word: RecognizedWord, sheet: RecognizedPage, picture: Any, ink: Any, engine: Any
) -> Iterator[RecognizedWord]:
    """Yield a word; one that table lines cross is read again, piece by piece."""
    pieces = split_at_lines(word, *table_lines(sheet))
    if len(pieces) == 1:
        yield word
        return
    for x0, y0, x1, y1 in pieces:
        if ink[int(y0) : int(y1), int(x0) : int(x1)].any():
            yield _read_box(picture, (x0, y0, x1, y1), engine)


def _read_box(picture: Any, box: Box, engine: Any) -> RecognizedWord:
    """Return the word in a box, read by itself, unreadable where that gives nothing."""
    import numpy

    x0, y0, x1, y1 = (int(side) for side in box)
    piece = picture[max(0, y0) : y1, max(0, x0) : x1]
    if piece.shape[0] > 1.5 * piece.shape[1]:
        piece = numpy.rot90(piece)  # words written downwards
    found, _ = engine(piece, use_det=False, use_cls=False) if piece.size else (None, None)
    text, score = found[0] if found else ("", 0.0)
    return RecognizedWord(text or UNREADABLE, *box, float(score))


def _word(box: Any, text: str, score: float) -> RecognizedWord:
    xs, ys = [float(x) for x, _ in box], [float(y) for _, y in box]
    return RecognizedWord(text, min(xs), min(ys), max(xs), max(ys), score)


def _unread_places(
    picture: Any, ink: Any, sheet: RecognizedPage, words: list[RecognizedWord], engine: Any
) -> Iterator[RecognizedWord]:
    """Yield dark places without a word, each read by itself: a single digit is easily missed."""
    import cv2

    rest = ink.copy()
    for word in words:
        rest[
            max(0, int(word.y0) - 4) : int(word.y1) + 4, max(0, int(word.x0) - 4) : int(word.x1) + 4
        ] = 0
    for x, y, w, h in connected_boxes(rest):
        if max(w, h) < _SPECK:
            rest[y : y + h, x : x + w] = 0
    near = cv2.dilate(rest, cv2.getStructuringElement(cv2.MORPH_RECT, (19, 3)))
    found = connected_boxes(near)
    clusters = [box for box in found if box[3] <= _LARGE and box[2] <= 5 * _LARGE]
    for x, y, w, h in clusters[:_MOST_CLUSTERS]:
        seen = _read_box(picture, (x - 8, y - 8, x + w + 8, y + h + 8), engine)
        yield RecognizedWord(seen.text, x, y, x + w, y + h, seen.score)
    for x, y, w, h in (*clusters[_MOST_CLUSTERS:], *(box for box in found if box not in clusters)):
        blot = RecognizedWord(UNREADABLE, x, y, x + w, y + h, 0.0)
        if (
            h <= _LARGE or len(split_at_lines(blot, *table_lines(sheet))) > 1
        ):  # else a picture beside the text
            yield blot
