"""Read the text of a Word paragraph with all tracked changes accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gongkai.extract.formats.docx.docx_parts import W, bounded_number, child_value, is_on
from gongkai.extract.formats.xml_parts import Element, local_name

OBJECT = "\ufffc"
"""Stands for an inline picture; a cell with nothing else is not blank."""

_GONE = frozenset(
    ("del", "moveFrom", "rPr", "pPr", "instrText", "delText", "delInstrText", "rt", "txbxContent",
     "sdtPr", "sdtEndPr", "footnoteReference", "endnoteReference", "commentReference")
)  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": OBJECT}
_SMALLEST = 4
"""Half points: smaller text is not read by anybody."""
_RAISED = 4
"""Half points."""
_PLAIN_STYLES = ("TableGrid", "TableNormal", "a", "a1", "a3", "a5", "1")
"""Table styles of Word and WPS that shade nothing, by their ids in Chinese and English versions."""
_PICTURES = frozenset(("drawing", "pict", "object"))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides beside its own properties whether a run is seen.

    `hidden_styles` are the styles whose text Word hides. `on_white` is true in cells that are
    certainly not shaded: white text is not seen there.
    """

    hidden_styles: frozenset[str] = frozenset()
    on_white: bool = False


def paragraph_text(paragraph: Element, around: Surroundings = Surroundings()) -> str:
    """Return the text of a paragraph, with line feeds for breaks and OBJECT for inline pictures.

    Superscripts are set apart and struck text is marked, so that neither becomes part of a number.
    """
    looks = paragraph.find(W + "pPr")
    hidden = child_value(looks, "pStyle") in around.hidden_styles
    if looks is not None and _is_dark(looks):
        around = replace(around, on_white=False)
    return "".join(_pieces(paragraph, around, hidden))


def is_white(cell: Element) -> bool:
    """Return whether a table cell is not shaded; the style of its table may shade others."""
    looks = cell.find(W + "tcPr")
    shade = None if looks is None else looks.find(W + "shd")
    if shade is not None:
        return not _is_dark(looks)
    table = next(cell.iterancestors(W + "tbl"), None)
    own = None if table is None else table.find(W + "tblPr")
    return child_value(own, "tblStyle") in (None, "", *_PLAIN_STYLES)


def _is_dark(looks: Element | None) -> bool:
    """Return whether properties state a shade that is not white."""
    shade = None if looks is None else looks.find(W + "shd")
    if shade is None:
        return False
    return (shade.get(W + "fill") or "auto").lower() not in ("auto", "ffffff", "white") or (
        shade.get(W + "val") not in ("clear", "nil", None)
    )


def _pieces(element: Element, around: Surroundings, hidden: bool = False) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name == "r":
            yield from _run(child, around, hidden)
        elif name in _PICTURES:
            yield _picture(child)
        elif name == "AlternateContent":
            yield from _pieces(chosen_content(child), around, hidden)
        elif name and name not in _GONE:
            yield from _pieces(child, around, hidden)


def _run(run: Element, around: Surroundings, hidden: bool) -> Iterator[str]:
    looks = run.find(W + "rPr")
    if _is_hidden(looks, around, hidden):
        return
    text = "".join(_pieces(run, around, hidden))
    if not text.strip():
        yield text
    elif is_on(looks, "strike") or is_on(looks, "dstrike"):
        yield f"~~{text}~~"
    elif child_value(looks, "vertAlign") in ("superscript", "subscript") or _is_raised(looks):
        yield f" {text} "
    else:
        yield text


def _is_hidden(looks: Element | None, around: Surroundings, hidden: bool) -> bool:
    """Return whether a run is not seen: hidden by itself or its style, tiny, or white on white."""
    if child_value(looks, "vanish") is not None:
        return is_on(looks, "vanish")
    if hidden or is_on(looks, "specVanish"):
        return True
    if looks is None:
        return False
    if child_value(looks, "rStyle") in around.hidden_styles:
        return True
    size = child_value(looks, "sz")
    if size is not None and bounded_number(size, _SMALLEST) < _SMALLEST:
        return True
    white = (child_value(looks, "color") or "").lower() in ("ffffff", "white")
    marked = _is_dark(looks) or child_value(looks, "highlight") not in (None, "none", "white")
    return white and around.on_white and not marked


def _is_raised(looks: Element | None) -> bool:
    """Return whether a run is moved off its line by two points or more, like the mark of a note."""
    moved = (child_value(looks, "position") or "").lstrip("-")
    return bounded_number(moved, 0) >= _RAISED


def _picture(element: Element) -> str:
    """Return OBJECT for an inline picture, "" for text boxes, seals and lines, which float."""
    floats = any(
        local_name(node) in ("anchor", "txbxContent")
        or "position:absolute" in node.get("style", "")
        for node in element.iter("*")
    )
    return "" if floats else OBJECT


def chosen_content(alternatives: Element) -> Element:
    """Return the alternative that current versions of Word show."""
    for name in ("Choice", "Fallback"):
        for child in alternatives:
            if local_name(child) == name and len(child):
                return child
    return alternatives[0] if len(alternatives) else alternatives


def text_boxes(paragraph: Element) -> Iterator[Element]:
    """Yield the text boxes of a paragraph, each once."""
    stack = [paragraph]
    while stack:
        element = stack.pop()
        name = local_name(element)
        if name == "txbxContent":
            yield element
        elif name == "AlternateContent":
            stack.extend(reversed(chosen_content(element)))
        elif name not in ("del", "moveFrom"):
            stack.extend(reversed(element))


def continues_below(paragraph: Element) -> bool:
    """Return whether the next paragraph continues this one, whose end a tracked change deletes."""
    looks = paragraph.find(f"{W}pPr/{W}rPr")
    return looks is not None and looks.find(W + "del") is not None
