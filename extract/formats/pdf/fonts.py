"""Read the fonts of a PDF: the text of a drawn code, and how far it moves the pen.

The tables of pdfminer for encodings, character collections and metrics are used, but not its font
classes: they expand every range that a file names and are queried anew for each drawn character.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pdfminer.cmapdb import CMapDB
from pdfminer.fontmetrics import FONT_METRICS
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1
from pdfminer.psparser import literal_name

from gongkai.extract.chinese.normalize import fold_characters
from gongkai.extract.formats.pdf.cmap import CMap, parse_cmap
from gongkai.extract.formats.pdf.font_encoding import built_in_encoding, read_encoding
from gongkai.extract.formats.pdf.truetype import glyph_texts
from gongkai.extract.layout.page import UNREADABLE

_MOST_WIDTHS = 70_000
_INVISIBLE = dict.fromkeys([0, 0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF])
_ALIASES = {"DLIdent-H": "Identity-H", "DLIdent-V": "Identity-V"}


class Glyph(NamedTuple):
    """One drawn code: its text ("" for white space), its advance in ems, whether it is code 32."""

    text: str
    advance: float
    is_space: bool


@dataclass(slots=True)
class Font:
    """A font, which keeps the glyphs of the codes that were drawn."""

    vertical: bool = False
    wide: bool = False  # codes of two bytes, or as the encoding's code spaces say
    codes: Any = None  # CMap, or pdfminer's nested dict of a predefined one
    to_unicode: CMap | None = None
    texts: Mapping[int, str] = field(default_factory=dict)  # by code, or by glyph for wide fonts
    widths: Mapping[int, float] = field(default_factory=dict)
    ranges: tuple[tuple[int, int, float], ...] = ()
    default_width: float = 0.0
    unit: float = 0.001  # one unit of the widths in ems
    height: float = 1.0  # one em of the page in ems of the font
    _known: dict[bytes, Glyph] = field(default_factory=dict)

    def glyphs(self, data: bytes) -> list[Glyph]:
        """Yield the glyphs that a string of this font draws."""
        known = self._known
        found = []
        for code in self._codes(data):
            glyph = known.get(code)
            if glyph is None:
                glyph = known[code] = self._glyph(code)
            found.append(glyph)
        return found

    def _codes(self, data: bytes) -> list[bytes]:
        if not self.wide:
            return [data[n : n + 1] for n in range(len(data))]
        if isinstance(self.codes, dict):
            return _predefined_codes(self.codes, data)
        if isinstance(self.codes, CMap):
            return self.codes.split(data)
        return [data[n : n + 2] for n in range(0, len(data) - 1, 2)]

    def _glyph(self, code: bytes) -> Glyph:
        number = self._number(code)
        text = self._text(code, number)
        width = self.widths.get(number)
        if width is None:
            width = next((w for low, high, w in self.ranges if low <= number <= high), None)
        if width is None:
            width = self.default_width
        return Glyph("" if text.isspace() else text, width * self.unit, code == b" ")

    def _number(self, code: bytes) -> int:
        """Return the number of a glyph: the code itself for simple fonts and Identity."""
        if isinstance(self.codes, CMap):
            value = self.codes.value(code)
            return value if isinstance(value, int) else 0
        if isinstance(self.codes, dict):
            found: Any = self.codes
            for byte in code:
                found = found.get(byte, 0) if isinstance(found, dict) else 0
            return found if isinstance(found, int) else 0
        return int.from_bytes(code)

    def _text(self, code: bytes, number: int) -> str:
        text = self._stated(code)
        if not text or text in ("\x00", UNREADABLE):
            text = self.texts.get(number, UNREADABLE)
        if all("\ue000" <= char <= "\uf8ff" or char < " " for char in text):
            return text if text.isspace() else UNREADABLE
        return _fold_radicals(text.translate(_INVISIBLE))

    def _stated(self, code: bytes) -> str | None:
        """Return the text by the ToUnicode map, whose codes are sometimes padded or cut."""
        if self.to_unicode is None:
            return None
        text = self.to_unicode.text(code)
        if text is None and len(code) == 1:
            return self.to_unicode.text(b"\0" + code)
        if text is None and len(code) == 2 and code[0] == 0:
            return self.to_unicode.text(code[1:])
        return text


def _fold_radicals(text: str) -> str:
    """Return a text with radicals and compatibility ideographs replaced by the usual characters."""
    return "".join(
        fold_characters(char)
        if "\u2e80" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufb06"
        else char
        for char in text
    )


class Fonts:
    """The fonts of one document by object id, each read once."""

    def __init__(self) -> None:
        self._made: dict[int, Font] = {}

    def get(self, reference: Any) -> Font:
        """Return the font that a resource entry names."""
        if not isinstance(reference, PDFObjRef):
            return load_font(dict_value(reference))
        font = self._made.get(reference.objid)
        if font is None:
            font = self._made[reference.objid] = load_font(dict_value(reference))
        return font


def load_font(spec: Mapping[str, Any]) -> Font:
    """Return a font from its dictionary."""
    kind = literal_name(resolve1(spec.get("Subtype", "")))
    stated = resolve1(spec.get("ToUnicode"))
    to_unicode = parse_cmap(stated.get_data()) if isinstance(stated, PDFStream) else None
    if kind == "Type0":
        return _composite(spec, to_unicode)
    return _simple(spec, kind, to_unicode)


def _simple(spec: Mapping[str, Any], kind: str, to_unicode: CMap | None) -> Font:
    base = literal_name(resolve1(spec.get("BaseFont", "")))
    descriptor = dict_value(spec.get("FontDescriptor", {}))
    texts = read_encoding(resolve1(spec.get("Encoding")), kind)
    if "Encoding" not in spec:
        texts = built_in_encoding(descriptor, texts)
    first = _whole(spec.get("FirstChar"))
    listed = list_value(spec.get("Widths", []))[:256]
    widths = {first + n: _number(width) for n, width in enumerate(listed)}
    default = _number(descriptor.get("MissingWidth", 0))
    if not widths and base in FONT_METRICS:
        by_text = FONT_METRICS[base][1]
        widths = {code: float(by_text.get(text, 0)) for code, text in texts.items()}
    font = Font(to_unicode=to_unicode, texts=texts, widths=widths, default_width=default)
    if not widths and not default:
        font.default_width = 500.0
    if kind == "Type3":
        _measure_type3(font, spec)
    return font


def _measure_type3(font: Font, spec: Mapping[str, Any]) -> None:
    """Set the unit of a Type 3 font, which has its own; bitmap fonts have an em of one unit."""
    matrix = [_number(part) for part in list_value(spec.get("FontMatrix", []))]
    if len(matrix) == 6 and matrix[0]:
        font.unit = abs(matrix[0])
        if not 0.0003 <= abs(matrix[3]) <= 0.0021:
            box = [_number(part) for part in list_value(spec.get("FontBBox", []))]
            tall = abs(box[3] - box[1]) if len(box) == 4 else 0.0
            font.height = abs(matrix[3]) * tall or 1.0


def _composite(spec: Mapping[str, Any], to_unicode: CMap | None) -> Font:
    below = dict_value((list_value(spec.get("DescendantFonts")) or [{}])[0])
    codes, vertical = _cmap(resolve1(spec.get("Encoding")))
    widths, ranges = _widths(list_value(below.get("W", [])))
    font = Font(
        wide=True,
        vertical=vertical,
        codes=codes,
        to_unicode=to_unicode,
        widths=widths,
        ranges=ranges,
        default_width=_number(below.get("DW", 1000)),
    )
    if to_unicode is None:
        font.texts = _collection(below, vertical)
    return font


def _cmap(given: Any) -> tuple[Any, bool]:
    """Return the map from codes to glyph numbers (None if equal) and the writing direction."""
    if isinstance(given, PDFStream):
        cmap = parse_cmap(given.get_data())
        return cmap, cmap.vertical
    name = literal_name(given) if given is not None else "Identity-H"
    name = _ALIASES.get(name, name)
    if name.startswith("Identity"):
        return None, name.endswith("V")
    try:
        found = CMapDB.get_cmap(name)
    except CMapDB.CMapNotFound:
        return {}, name.endswith("V")
    return getattr(found, "code2cid", None), found.is_vertical()


def _predefined_codes(tree: Mapping[int, Any], data: bytes) -> list[bytes]:
    codes = []
    start, node = 0, tree
    for place, byte in enumerate(data, 1):
        below = node.get(byte)
        if isinstance(below, dict):
            node = below
            continue
        codes.append(data[start:place])
        start, node = place, tree
    return codes


def _collection(below: Mapping[str, Any], vertical: bool) -> Mapping[int, str]:
    """Return the text by glyph number, of a known collection or the embedded TrueType font."""
    system = dict_value(below.get("CIDSystemInfo", {}))
    parts = [resolve1(system.get(name, b"")) for name in ("Registry", "Ordering")]
    name = "-".join(part.decode("latin-1").strip() for part in parts if isinstance(part, bytes))
    if name in ("Adobe-GB1", "Adobe-CNS1", "Adobe-Japan1", "Adobe-Korea1"):
        texts: Mapping[int, str] = CMapDB.get_unicode_map(name, vertical).cid2unichr
        return texts
    file = resolve1(dict_value(below.get("FontDescriptor", {})).get("FontFile2"))
    if not isinstance(file, PDFStream):
        return {}
    texts = glyph_texts(file.get_data())
    table = resolve1(below.get("CIDToGIDMap"))
    if isinstance(table, PDFStream):
        data = table.get_data()
        glyphs = (int.from_bytes(data[n : n + 2]) for n in range(0, min(len(data), 131_072), 2))
        return {cid: texts[glyph] for cid, glyph in enumerate(glyphs) if glyph in texts}
    return texts


def _widths(listed: Any) -> tuple[dict[int, float], tuple[tuple[int, int, float], ...]]:
    """Return the W array: single widths, and ranges left as ranges."""
    widths: dict[int, float] = {}
    ranges: list[tuple[int, int, float]] = []
    held: list[float] = []
    for part in listed[:_MOST_WIDTHS]:
        part = resolve1(part)
        if isinstance(part, list):
            if held:
                for n, width in enumerate(part[:_MOST_WIDTHS]):
                    widths[int(held[-1]) + n] = _number(width)
            held = []
        elif isinstance(part, int | float):
            held.append(part)
            if len(held) == 3:
                if held[0] == held[1]:
                    widths[int(held[0])] = held[2]
                elif len(ranges) < 2000:
                    ranges.append((int(held[0]), int(held[1]), held[2]))
                held = []
    return widths, tuple(ranges)


def _number(value: Any) -> float:
    value = resolve1(value)
    return float(value) if isinstance(value, int | float) else 0.0


def _whole(value: Any) -> int:
    return int(_number(value))
