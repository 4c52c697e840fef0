"""Hand-made PDFs with numbers that must not be read, and files that are not text at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.printing.matrix import Table
from tests.printing.pdf_layout import Press, Sheet, width_of
from tests.printing.pdf_writer import Pdf
from tests.printing.report import Printed

Target = tuple[str, str, str]
SPOILT: dict[str, Target] = {
    "pdf-hand-runs-over": ("requests", "granted", "business"),
    "pdf-hand-clipped": ("requests", "refused_third_party", "natural_person"),
    "pdf-hand-raised": ("requests", "rejected_repeat", "other_org"),
    "pdf-hand-overwritten": ("requests", "refused_state_secret", "research_institute"),
    "pdf-hand-unnamed": ("requests", "unavailable_not_held", "legal_service_org"),
}
"""Cases with one cell that cannot be read, and the cell."""


class Marred(Press):
    """Draws one number of the report in a way of its own, the rest as usual."""

    def __init__(self, number: str, way: str, sheet: Sheet) -> None:
        super().__init__(sheet, Pdf())
        self.number, self.way = number, way
        self.done = False

    def show(self, text: str, x: float, y: float, size: float) -> None:
        if text != self.number or self.done:
            super().show(text, x, y, size)
            return
        self.done = True
        getattr(self, f"_{self.way}")(text, x, y, size)

    def _runs_over(self, text: str, x: float, y: float, size: float) -> None:
        """Written so large that it runs into the next cell."""
        super().show(text + "8437", x, y, size)

    def _clipped(self, text: str, x: float, y: float, size: float) -> None:
        """Cut off behind its first digit."""
        right = x + width_of(text[:1], size) + 0.2
        self.drawn.append(b"q %.2f %.2f %.2f 30 re W n" % (x - 5, y - 10, right - x + 5))
        super().show(text, x, y, size)
        self.drawn.append(b"Q")

    def _raised(self, text: str, x: float, y: float, size: float) -> None:
        """With a small raised 2 behind it, the mark of a note."""
        super().show(text, x, y, size)
        super().show("2", x + width_of(text, size), y + 3, size * 0.55)

    def _overwritten(self, text: str, x: float, y: float, size: float) -> None:
        """With another digit typed over its last one."""
        super().show(text, x, y, size)
        super().show("6" if text[-1] != "6" else "5", x + width_of(text[:-1], size) + 0.4, y, size)

    def _unnamed(self, text: str, x: float, y: float, size: float) -> None:
        """Drawn with codes that the font's ToUnicode map does not name."""
        codes = b"".join(b"%04x" % (900 + int(digit)) for digit in text)
        self.string(b"<" + codes + b"> Tj", x, y, size)


class Hiding(Press):
    """Draw beside every number others that are invisible: white, hidden, switched off, covered."""

    def __init__(self) -> None:
        super().__init__(Sheet(), Pdf())
        layer = self.pdf.add("<</Type/OCG/Name(off)>>")
        self.catalog = f"/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]>>>>"
        self.resources += f"/Properties<</MC0 {layer} 0 R>>"

    def cell(self, lines: Sequence[str], box: tuple[float, float, float, float]) -> None:
        if len(lines) == 1 and lines[0].isdigit():
            x, y = box[0] + 1, box[1] + 3
            self.drawn.append(b"1 g")
            self.string(self.pdf.text("7") + b" Tj", x, y, 6)
            self.drawn.append(b"0 g 3 Tr")
            self.string(self.pdf.text("9") + b" Tj", x, y, 6)
            self.drawn.append(b"0 Tr /OC /MC0 BDC")
            self.string(self.pdf.text("4") + b" Tj", x + 4, y, 6)
            self.drawn.append(b"EMC")
            self.string(self.pdf.text("5") + b" Tj", x + 8, y, 6)
            self.drawn.append(b"1 g %.2f %.2f 5 8 re f 0 g" % (x + 7, y - 1))
        super().cell(lines, box)


def marred(name: str, way: str) -> Callable[[Printed], bytes]:
    """A report with the cell of SPOILT drawn in one of the ways above."""
    part, item, key = SPOILT[name]
    return lambda printed: Marred(printed.values[part][item][key], way, Sheet()).print(printed)


def picture(pdf: Pdf) -> int:
    """A small gray picture."""
    return pdf.stream(
        bytes(range(0, 256, 4)),
        "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray",
    )


def scan(printed: Printed, layer: bool) -> bytes:
    """Two pages that are pictures; with a layer of invisible text as recognising programs leave it."""
    pdf = Pdf()
    image = f"/XObject<</I1 {picture(pdf)} 0 R>>"
    for _ in range(2):
        content = b"q 595 0 0 842 0 0 cm /I1 Do Q\n"
        if layer:
            lines = (
                printed.title,
                "一、总体情况",
                "三、收到和处理政府信息公开申请情况",
                *printed.prose[1],
            )
            content += b"3 Tr " + b"\n".join(
                b"BT /F1 12 Tf 80 %d Td %s Tj ET" % (760 - 30 * n, pdf.text(line))
                for n, line in enumerate(lines)
            )
        pdf.page(content, resources=image)
    return pdf.bytes()


class Pictured(Press):
    """Prints the text of a report; its tables are pictures."""

    def __init__(self) -> None:
        super().__init__(Sheet(), Pdf())
        self.resources += f"/XObject<</I1 {picture(self.pdf)} 0 R>>"

    def table(self, rows: Table) -> None:
        high = 14.0 * len(rows)
        if self.y - high < self.bottom:
            self.end_page()
        self.y -= high
        self.drawn.append(b"q %.1f 0 0 %.1f %.1f %.1f cm /I1 Do Q" % (475, high, self.left, self.y))


def unrelated(_: Printed) -> bytes:
    """Three hundred pages of a code of regulations that has nothing to do with a report."""
    pdf = Pdf()
    words = ("道路", "桥梁", "标志", "路灯", "管线", "绿地", "广场", "停车场", "护栏", "井盖")
    for page in range(300):
        lines = [
            f"第{page * 3 + n}条 {words[(page + n) % 10]}的设置应当符合{words[page // 10 % 10]}标准。"
            for n in range(1, 4)
        ]
        pdf.page(
            b"\n".join(
                b"BT /F1 12 Tf 80 %d Td %s Tj ET" % (740 - 24 * n, pdf.text(line))
                for n, line in enumerate(lines)
            )
        )
    return pdf.bytes()


Made = tuple[str, Callable[[Printed], bytes], str, str, int]
CASES: tuple[Made, ...] = (
    ("pdf-hand-runs-over", marred("pdf-hand-runs-over", "runs_over"),
     "One number is longer than its cell and runs into the next: neither can be taken.", "平罗县科学技术局", 41),
    ("pdf-hand-clipped", marred("pdf-hand-clipped", "clipped"),
     "One number is cut off by a clip: what is seen of it is no number.", "永宁县教育局", 42),
    ("pdf-hand-raised", marred("pdf-hand-raised", "raised"),
     "One number has a raised 2 behind it, the mark of a note.", "卫滨区教育局", 43),
    ("pdf-hand-overwritten", marred("pdf-hand-overwritten", "overwritten"),
     "A digit was typed over another one.", "中卫市民政局", 44),
    ("pdf-hand-unnamed", marred("pdf-hand-unnamed", "unnamed"),
     "One number is drawn with codes that the font names no characters for.", "平罗县医疗保障局", 45),
    ("pdf-hand-hidden", lambda printed: Hiding().print(printed),
     "Beside every number stand others that nobody sees: white, invisible, on a layer that is off, painted over.", "永宁县民政局", 46),
    ("pdf-hand-scan", lambda printed: scan(printed, layer=False), "Pages are pictures without a text layer.", "卫滨区财政局", 47),
    ("pdf-hand-scan-layer", lambda printed: scan(printed, layer=True),
     "Pages are pictures over invisible text that a machine recognised (render mode 3).", "中卫市财政局", 48),
    ("pdf-hand-pictures", lambda printed: Pictured().print(printed), "The text is text, the tables are pictures.", "平罗县商务局", 49),
    ("pdf-hand-unrelated", unrelated, "300 pages of something else.", "平罗县公安局", 50),
)  # fmt: skip
