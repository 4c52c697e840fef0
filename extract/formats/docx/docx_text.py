"""Read the text of a Word paragraph with all tracked changes accepted."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.extract.formats.docx.docx_parts import W, child_value, is_on
from gongkai.extract.formats.xml_parts import Element, local_name

OBJECT = "\ufffc"
"""Stands for an inline picture; a cell with nothing else is not blank."""

_GONE = frozenset(
    ("del", "moveFrom", "rPr", "pPr", "instrText", "delText", "delInstrText", "rt", "txbxContent",
     "sdtPr", "sdtEndPr", "footnoteReference", "endnoteReference", "commentReference")
)  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": OBJECT}
_PICTURES = frozenset(("drawing", "pict", "object"))


def paragraph_text(paragraph: Element) -> str:
    """Return the text of a paragraph, with line feeds for breaks and OBJECT for inline pictures.

    Superscripts are set apart and struck text is marked, so that neither becomes part of a number.
    """
    return "".join(_pieces(paragraph))


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name == "r":
            yield from _run(child)
        elif name in _PICTURES:
            yield _picture(child)
        elif name == "AlternateContent":
            yield from _pieces(chosen_content(child))
        elif name and name not in _GONE:
            yield from _pieces(child)


def _run(run: Element) -> Iterator[str]:
    looks = run.find(W + "rPr")
    if is_on(looks, "vanish"):
        return
    text = "".join(_pieces(run))
    if not text.strip():
        yield text
    elif is_on(looks, "strike") or is_on(looks, "dstrike"):
        yield f"~~{text}~~"
    elif child_value(looks, "vertAlign") in ("superscript", "subscript"):
        yield f" {text} "
    else:
        yield text


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
