"""What a PDF draws, written as an OFD file: `python -m tests.printing.ofd` makes the frozen ones again.

Nothing at hand writes OFD as offices do. Written by GB/T 33190-2016, in the ways that files of
several makers were seen to use: lines in a template beneath the page or in a shared drawing,
steps from character to character in short or not at all, objects enlarged by a matrix.
"""

from __future__ import annotations

import io
import itertools
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from gongkai.extract.formats.pdf.pdf_reader import read_pages
from gongkai.extract.layout.page import Char, DrawnPage, FilledArea
from tests.printing.cases import HERE

NAMESPACE = "http://www.ofdspec.org/2016"
MM = 25.4 / 72


@dataclass(frozen=True)
class Way:
    """How a file is written.

    `steps`: each, short (g 3 4.2), none. `lines`: own, template, unit (a shared drawing).
    `enlarged`: objects are written in a unit of their own and enlarged so many times by a matrix.
    """

    steps: str = "short"
    lines: str = "own"
    enlarged: float = 1.0
    rooted: bool = False  # locations from the root of the package
    pretty: bool = False  # every element on lines of its own
    namespace: str = NAMESPACE


def ofd(pages: Sequence[DrawnPage], way: Way = Way()) -> bytes:
    """A file of these pages."""
    return packed(parts(pages, way))


def packed(members: Mapping[str, str]) -> bytes:
    """The package of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            package.writestr(zipfile.ZipInfo(name, (2025, 1, 21, 9, 0, 0)), text)
    return out.getvalue()


def drawn(pdf: bytes) -> list[DrawnPage]:
    """The pages of a PDF as they are drawn."""
    return read_pages(pdf)


def parts(pages: Sequence[DrawnPage], way: Way = Way()) -> dict[str, str]:
    """The parts of a file by their names."""
    found = {
        "OFD.xml": f"<ofd:OFD DocType='OFD' Version='1.1'><ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>{way.rooted * '/'}Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    }
    root = "/Doc_0/" if way.rooted else ""
    shared, units, listed = "", "", ""
    for n, page in enumerate(pages):
        lines = "".join(_lines(page, way))
        texts = "".join(_texts(page, way))
        beneath = own = ""
        if way.lines == "template":
            shared += f"<ofd:TemplatePage ID='{900 + n}' ZOrder='Background' BaseLoc='{root}Tpls/Tpl_{n}/Content.xml'/>"
            found[f"Doc_0/Tpls/Tpl_{n}/Content.xml"] = _page(page, lines, "")
            beneath = f"<ofd:Template TemplateID='{900 + n}' ZOrder='Background'/>"
        elif way.lines == "unit":
            units += f"<ofd:CompositeGraphicUnit ID='{700 + n}' Width='{page.width * MM}' Height='{page.height * MM}'><ofd:Content>{lines}</ofd:Content></ofd:CompositeGraphicUnit>"
            own = f"<ofd:CompositeObject ID='1' ResourceID='{700 + n}' Boundary='0 0 {page.width * MM} {page.height * MM}'/>"
        else:
            own = lines
        listed += f"<ofd:Page ID='{n + 1}' BaseLoc='{root}Pages/Page_{n}/Content.xml'/>"
        found[f"Doc_0/Pages/Page_{n}/Content.xml"] = _page(page, own + texts, beneath)
    found["Doc_0/DocumentRes.xml"] = (
        f"<ofd:Res BaseLoc='Res'><ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits></ofd:Res>"
    )
    found["Doc_0/Document.xml"] = (
        "<ofd:Document><ofd:CommonData><ofd:MaxUnitID>999</ofd:MaxUnitID>"
        f"<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>{shared}"
        f"<ofd:DocumentRes>{root}DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    return {name: _whole(text, way) for name, text in found.items()}


def _whole(text: str, way: Way) -> str:
    end = text.index(">") if " " not in text[: text.index(">")] else text.index(" ")
    text = f"{text[:end]} xmlns:ofd='{way.namespace}'{text[end:]}"
    if way.pretty:
        text = text.replace("><", ">\n  <").replace("</ofd:TextCode>", "\n</ofd:TextCode>")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + text


def _page(page: DrawnPage, objects: str, beneath: str) -> str:
    return (
        f"<ofd:Page><ofd:Area><ofd:PhysicalBox>0 0 {page.width * MM:.4f} {page.height * MM:.4f}</ofd:PhysicalBox></ofd:Area>{beneath}"
        f"<ofd:Content><ofd:Layer ID='2' Type='Body'>{objects}</ofd:Layer></ofd:Content></ofd:Page>"
    )


def _texts(page: DrawnPage, way: Way) -> Iterator[str]:
    for run in _runs(char for char in page.chars if not char.style.mark):  # marks are annotations
        first = run[0]
        size = (first.y1 - first.y0) * MM / way.enlarged
        top = (page.height - first.y1) * MM
        steps = [(b.x0 - a.x0) * MM / way.enlarged for a, b in itertools.pairwise(run)]
        wide, high = (run[-1].x1 - first.x0) * MM, (first.y1 - first.y0) * MM
        gray = round(first.style.gray * 255)
        yield (
            f"<ofd:TextObject ID='9' Boundary='{first.x0 * MM:.4f} {top:.4f} {wide:.4f} {high:.4f}'"
            f"{_matrix(way)} Font='3' Size='{size:.4f}'><ofd:FillColor Value='{gray} {gray} {gray}'/>"
            f"<ofd:TextCode X='0' Y='{0.8 * size:.4f}'{_steps(steps, way)}>"
            f"{escape(''.join(char.text for char in run))}</ofd:TextCode></ofd:TextObject>"
        )


def _runs(chars: Iterable[Char]) -> Iterator[list[Char]]:
    """Characters that follow each other on a line."""
    run: list[Char] = []
    for char in chars:
        if run:
            last = run[-1]
            near = abs(char.x0 - last.x1) < 2 and abs(char.y0 - last.y0) < 0.1
            if not near or char.style != last.style:
                yield run
                run = []
        run.append(char)
    if run:
        yield run


def _steps(steps: Sequence[float], way: Way) -> str:
    if way.steps == "none" or not steps:
        return ""
    rounded = [f"{step:.3f}" for step in steps]
    if way.steps == "short":
        groups = [(text, len(list(same))) for text, same in itertools.groupby(rounded)]
        rounded = [f"g {n} {text}" if n > 1 else text for text, n in groups]
    return f" DeltaX='{' '.join(rounded)}'"


def _matrix(way: Way) -> str:
    return f" CTM='{way.enlarged} 0 0 {way.enlarged} 0 0'" if way.enlarged != 1 else ""


def _lines(page: DrawnPage, way: Way) -> Iterator[str]:
    for fill in page.fills:
        yield _area(page, fill, way)
    for rule in page.horizontal:
        yield _line(way, rule.start, page.height - rule.at, rule.end - rule.start, 0.0)
    for rule in page.vertical:
        yield _line(way, rule.at, page.height - rule.end, 0.0, rule.end - rule.start)
    for fill in page.pictures:
        box = f"{fill.x0 * MM} {(page.height - fill.y1) * MM} {(fill.x1 - fill.x0) * MM} {(fill.y1 - fill.y0) * MM}"
        yield f"<ofd:ImageObject ID='8' Boundary='{box}' ResourceID='5'/>"


def _line(way: Way, x: float, y: float, wide: float, high: float) -> str:
    x, y, wide, high = (side * MM for side in (x, y, wide, high))
    end = f"{wide / way.enlarged:.4f} {high / way.enlarged:.4f}"
    return (
        f"<ofd:PathObject ID='7' Boundary='{x:.4f} {y:.4f} {wide:.4f} {high:.4f}'{_matrix(way)}"
        f" LineWidth='{0.25 / way.enlarged}'><ofd:AbbreviatedData>M 0 0 L {end}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _area(page: DrawnPage, fill: FilledArea, way: Way) -> str:
    wide, high = ((fill.x1 - fill.x0) * MM, (fill.y1 - fill.y0) * MM)
    w, h, gray = wide / way.enlarged, high / way.enlarged, round(fill.gray * 255)
    return (
        f"<ofd:PathObject ID='6' Boundary='{fill.x0 * MM:.4f} {(page.height - fill.y1) * MM:.4f} {wide:.4f} {high:.4f}'{_matrix(way)}"
        f" Stroke='false' Fill='true'><ofd:FillColor Value='{gray} {gray} {gray}'/>"
        f"<ofd:AbbreviatedData>M 0 0 L {w} 0 L {w} {h} L 0 {h} C</ofd:AbbreviatedData></ofd:PathObject>"
    )


CASES = {
    "ofd-plain": ("pdf-lo-torn-row", Way()),
    "ofd-template": ("pdf-chromium-zebra", Way(lines="template", enlarged=3.175, rooted=True)),
    "ofd-2019": ("pdf-lo-2019", Way(steps="each", lines="unit", pretty=True)),
}
"""Frozen OFD files, each with the frozen PDF that it is written from."""


def main(wanted: list[str]) -> int:
    """Make the cases that are named again, all without a name."""
    for name, (source, way) in CASES.items():
        if wanted and name not in wanted:
            continue
        folder, printed = HERE / name, HERE / source
        folder.mkdir(exist_ok=True)
        pages = drawn((printed / "source.pdf").read_bytes())
        (folder / "source.ofd").write_bytes(ofd(pages, way))
        (folder / "printed.json").write_bytes((printed / "printed.json").read_bytes())
        (folder / "origin.md").write_text(
            f"The pages of {source}, written as OFD by tests/printing/ofd.py: {way}.\n",
            encoding="utf-8",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
