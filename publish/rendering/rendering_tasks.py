"""What is rendered, each in a sandbox of its own."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.archive.errors import UnreadDocumentError
from gongkai.archive.workers.libreoffice import CONVERTED, convert_to_docx
from gongkai.archive.workers.sandbox import SandboxLimits, run_sandboxed
from gongkai.extract.formats.media_type import DOCX, sniff
from gongkai.extract.model.cell_place import Box
from gongkai.extract.model.report import Source
from gongkai.publish.rendering.chart_png import rasterise
from gongkai.publish.rendering.compared_documents import compare_documents, encode_compared
from gongkai.publish.rendering.page_picture import draw_page, draw_shares
from gongkai.publish.rendering.shown_document import encode_shown, show_document
from gongkai.publish.rendering.style_cleaning import read_styles

LIMITS = SandboxLimits(memory=600, cpu=15, wall=30.0, result=16)
"""Of one rendering. A page of the longest report takes two seconds."""


@dataclass(frozen=True, slots=True)
class ShowTask:
    """A document to show."""

    body: bytes
    source: Source


@dataclass(frozen=True, slots=True)
class DrawTask:
    """A page of a PDF to draw, as `draw_page` takes it, or as `draw_shares` does."""

    body: bytes
    page: int
    boxes: tuple[Box, ...]
    turn: int = 0
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class CompareTask:
    """Two versions of a document to compare."""

    old: tuple[bytes, Source]
    new: tuple[bytes, Source]


@dataclass(frozen=True, slots=True)
class ChartTask:
    """A standing picture, as SVG, to be made a PNG file."""

    svg: str


@dataclass(frozen=True, slots=True)
class StyleTask:
    """The style sheets of a page, which are made harmless."""

    sheets: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no result: the stored form of a message."""

    why: str


Task = ShowTask | DrawTask | CompareTask | ChartTask | StyleTask


def render(task: Task) -> bytes | Refusal:
    """Do a task in the sandbox: an encoded `ShownDocument` or `ComparedDocuments`, a picture, a style sheet.

    Call this from a process with a single thread.
    """
    try:
        if isinstance(task, DrawTask):
            return run_sandboxed(lambda: _draw(task), LIMITS)
        if isinstance(task, ChartTask):
            return run_sandboxed(lambda: rasterise(task.svg), LIMITS)
        if isinstance(task, CompareTask):
            old, new = _readable(*task.old), _readable(*task.new)
            return run_sandboxed(lambda: encode_compared(compare_documents(old, new)), LIMITS)
        if isinstance(task, StyleTask):
            return run_sandboxed(lambda: read_styles(task.sheets).encode(), LIMITS)
        body, source = _readable(task.body, task.source)
        return run_sandboxed(lambda: encode_shown(show_document(body, source)), LIMITS)
    except UnreadDocumentError as problem:
        return Refusal(str(problem.message))


def _draw(task: DrawTask) -> bytes:
    if task.is_shared:
        return draw_shares(task.body, task.page, task.boxes)
    return draw_page(task.body, task.page, task.boxes, task.turn)


def _readable(body: bytes, source: Source) -> tuple[bytes, Source]:
    """Return a document as it can be read: old Word files as .docx.

    Raises:
        ConversionError: it cannot be converted
    """
    media_type = sniff(body, source.media_type)
    if media_type in CONVERTED:
        return convert_to_docx(body, media_type), Source(media_type=DOCX)
    return body, source
