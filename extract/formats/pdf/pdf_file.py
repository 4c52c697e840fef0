"""Read the objects and the page tree of a PDF with pdfminer.six, within limits."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pdfminer.pdfdocument import (
    PDFDocument,
    PDFEncryptionError,
    PDFNoValidXRef,
    PDFPasswordIncorrect,
)
from pdfminer.pdfparser import PDFParser, PDFSyntaxError
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1
from pdfminer.psexceptions import PSEOF
from pdfminer.psparser import literal_name

from gongkai.extract.errors import Encrypted, ExtractError, TooLarge
from gongkai.extract.formats.pdf.stream_filters import decode_stream
from gongkai.extract.layout.work_limits import MAX_LISTED_PAGES, WorkBudget

_INHERITED = ("Resources", "MediaBox", "CropBox", "Rotate")
_LONGEST_TOKEN = 4 * 1024 * 1024
_MOST_OBJECT_STREAM = 8 * 1024 * 1024  # pdfminer reads some 2 MB of objects a second
_MOST_NODES = 20_000
_MOST_TABLES = 100  # one table for each time the file was changed
_LINE_END = re.compile(rb"\r\n?|\n")
_STARTXREF = re.compile(rb"startxref\s+(\d{1,10})")
_A4 = (0.0, 0.0, 595.3, 841.9)


class _Stream(PDFStream):
    """A stream that is unpacked within the budget of its document, and not at all if it is damaged."""

    budget: WorkBudget
    rawdata: bytes | None

    def decode(self) -> None:
        data = self.rawdata or b""
        if self.decipher and self.objid is not None and self.genno is not None:
            data = self.decipher(self.objid, self.genno, data, self.attrs)
        data = decode_stream(data, self.get_filters(), self.budget)
        kind = self.get("Type")
        is_table = kind is not None and literal_name(kind) in ("ObjStm", "XRef")
        if is_table and len(data) > _MOST_OBJECT_STREAM:
            raise TooLarge("pdf_object_table_too_large", size=len(data))
        self.data = data
        self.rawdata = None


class _Parser(PDFParser):
    """The parser of pdfminer with limits on tokens and their length."""

    BUFSIZ = 32 * 1024
    bufpos: int
    charpos: int
    buf: bytes

    def __init__(self, body: bytes, budget: WorkBudget) -> None:
        self.budget = budget
        self.body = body
        super().__init__(io.BytesIO(body))

    def nexttoken(self) -> Any:
        self.budget.spend("tokens")
        return super().nexttoken()

    def fillbuf(self) -> Any:
        if len(getattr(self, "_curtoken", b"")) > _LONGEST_TOKEN:
            raise TooLarge("pdf_token_too_long", most=_LONGEST_TOKEN)
        return super().fillbuf()

    def nextline(self) -> Any:
        """Return one line with its end, without joining pieces of the buffer for a long one."""
        start = self.bufpos + self.charpos
        if start >= len(self.body):
            raise PSEOF("end of file")
        end = _LINE_END.search(self.body, start)
        stop = end.end() if end else len(self.body)
        if stop <= self.bufpos + len(self.buf):
            self.charpos = stop - self.bufpos
        else:
            self.fp.seek(stop)
            self.bufpos, self.buf, self.charpos = stop, b"", 0
        return start, self.body[start:stop]

    def do_keyword(self, pos: int, token: Any) -> None:
        super().do_keyword(pos, token)
        if token is self.KEYWORD_STREAM and self.curstack:
            at, plain = self.curstack[-1]
            if type(plain) is PDFStream:
                stream = _Stream(plain.attrs, plain.rawdata or b"", plain.decipher)
                stream.budget = self.budget
                self.curstack[-1] = (at, stream)


class _Document(PDFDocument):
    """The document of pdfminer; with `repair` its object table is rebuilt from the bytes."""

    def __init__(self, parser: _Parser, repair: bool) -> None:
        self.repair = repair
        self.body = parser.body
        self.tables: set[int] = set()
        super().__init__(parser, password="")

    def find_xref(self, parser: PDFParser) -> int:
        stated = [] if self.repair else _STARTXREF.findall(self.body, len(self.body) - 64_000)
        if not stated:
            raise PDFNoValidXRef("no object table")
        return int(stated[-1])

    def read_xref_from(self, parser: PDFParser, start: int, xrefs: list[Any]) -> None:
        """Read an object table and the older ones that it names, each once."""
        if start not in self.tables and len(self.tables) < _MOST_TABLES:
            self.tables.add(start)
            super().read_xref_from(parser, start, xrefs)


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page in the file: its contents (streams), resources, visible box and rotation."""

    contents: tuple[PDFStream, ...]
    resources: Mapping[str, Any]
    box: tuple[float, float, float, float]
    rotate: int


@dataclass(slots=True)
class PdfFile:
    """An open PDF."""

    document: PDFDocument
    budget: WorkBudget
    hidden_layers: frozenset[int] = field(default_factory=frozenset)

    def pages(self) -> list[Mapping[str, Any]]:
        """Return the page dictionaries in order, with inherited entries, each page once.

        Raises:
            TooLarge: there are too many pages
            ExtractError: the page tree is incomplete
        """
        root = dict_value(self.document.catalog.get("Pages"))
        stated = resolve1(root.get("Count"))
        if isinstance(stated, int) and stated > MAX_LISTED_PAGES:
            raise TooLarge("pdf_too_many_pages", most=MAX_LISTED_PAGES)
        found = []
        for node in _leaves(self.document.catalog.get("Pages")):
            found.append(node)
            if len(found) > MAX_LISTED_PAGES:
                raise TooLarge("pdf_too_many_pages", most=MAX_LISTED_PAGES)
        if not found:
            raise ExtractError("pdf_without_pages")
        return found


def open_pdf(body: bytes, budget: WorkBudget, repair: bool = False) -> PdfFile:
    """Open a PDF without a password. Errors of pdfminer about damaged files are passed on.

    Raises:
        Encrypted: the file is encrypted
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every oddity
    try:
        document = _Document(_Parser(body, budget), repair)
    except PDFPasswordIncorrect as problem:
        raise Encrypted("pdf_locked") from problem
    except PDFEncryptionError as problem:
        raise Encrypted("pdf_encryption_unsupported") from problem
    return PdfFile(document, budget, _hidden_layers(document))


def read_page(node: Mapping[str, Any]) -> PdfPage:
    """Return a page from its dictionary."""
    contents = resolve1(node.get("Contents"))
    if contents is None:
        contents = []
    if not isinstance(contents, list):
        contents = [contents]
    streams = [resolve1(part) for part in contents]
    if not all(isinstance(stream, PDFStream) for stream in streams):
        raise ExtractError("pdf_contents_missing")
    media = _box(node.get("MediaBox"), _A4)
    crop = _box(node.get("CropBox"), media)
    rotate = resolve1(node.get("Rotate", 0))
    turned = int(rotate) % 360 if isinstance(rotate, int | float) else 0
    resources = dict_value(node.get("Resources", {}))
    return PdfPage(tuple(streams), resources, crop, turned if turned % 90 == 0 else 0)


def _leaves(root: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the pages under `root` in order; a node that was met before (a loop) is left out."""
    waiting: list[tuple[Any, Mapping[str, Any]]] = [(root, {})]
    seen: set[int] = set()
    while waiting:
        reference, above = waiting.pop()
        if isinstance(reference, PDFObjRef):
            if reference.objid in seen:
                continue
            seen.add(reference.objid)
        node = resolve1(reference)
        if not isinstance(node, dict):
            raise PDFSyntaxError("a branch of the page tree is missing")
        inherited = {name: node.get(name, above.get(name)) for name in _INHERITED}
        whole = {**node, **{k: v for k, v in inherited.items() if v is not None}}
        if "Kids" not in node:
            yield whole
            continue
        kids = list_value(node["Kids"])
        if len(kids) + len(waiting) > _MOST_NODES:
            raise TooLarge("pdf_page_tree_too_large", most=_MOST_NODES)
        waiting += [(kid, inherited) for kid in reversed(kids)]


def _box(value: Any, default: tuple[float, ...]) -> tuple[float, float, float, float]:
    numbers = [resolve1(part) for part in list_value(value)]
    if len(numbers) != 4 or not all(isinstance(n, int | float) for n in numbers):
        numbers = list(default)
    x0, y0, x1, y1 = (float(n) for n in numbers)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _hidden_layers(document: PDFDocument) -> frozenset[int]:
    """Return the object ids of the layers that are switched off when the file is opened."""
    layers = dict_value(document.catalog.get("OCProperties", {}))
    off = list_value(dict_value(layers.get("D", {})).get("OFF", []))
    return frozenset(part.objid for part in off if isinstance(part, PDFObjRef))
