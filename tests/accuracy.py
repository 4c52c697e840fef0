"""How right the readers are: `make accuracy` prints cells right, wrong and missing by format.

Documents are printed here with known values, in every layout the tests know, and the real reports
of the replica are read in all their forms. A cell is *right* with the printed value, *missing*
when it is absent, *wrong* otherwise; a wrong cell is *silent* where no finding of its report and no
note on the cell warns of it. Silent errors must be none: the command ends with 1 when there are.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from gongkai.extract.forms import FORM_2019, FORM_2021
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.ocr_layout import read_recognized_pages
from gongkai.extract.report import read, read_again
from tests.paths import REPORTS, ROOT
from tests.printing import excel, page, plain, word
from tests.printing.matrix import Style, Values
from tests.printing.report import distinct
from tests.printing.scans import loaded

TITLES = {
    "2021": "清河县教育局2024年政府信息公开工作年度报告",
    "2019": "清河县教育局2020年政府信息公开工作年度报告",
}
SCANS = {"ocr-clean": 1, "ocr-low-jpeg": 2, "ocr-skew-noise": 3, "ocr-gray-skew-jpeg": 4}
"""Cases of recognised words, with the seed of the numbers they show."""
STYLES = [
    Style(
        padding=padding, groups=groups, review=review, cut=cut, active=active, numbering=numbering
    )
    for n, (padding, groups, review) in enumerate(
        itertools.product(
            ("span", "blank", "none"), ("beside", "own_row"), ("row", "sideways", "matrix")
        )
    )
    for cut, active, numbering in [
        ((0, 9, 14)[n % 3], ("four", "one")[n % 2], ("1.", "1、", "（1）")[n % 3])
    ]
]


@dataclass(frozen=True)
class Printed:
    """A document and the values it prints."""

    format: str
    body: bytes
    values: Values
    reader: Callable[[bytes], Reading] = read


def documents() -> Iterator[Printed]:
    """Every document that is measured."""
    for seed, (form, style) in enumerate(itertools.product((FORM_2021, FORM_2019), STYLES)):
        values, title = distinct(form, seed), TITLES[form.id]
        for markup in (
            page.Markup(),
            page.Markup(cell="word", breaks=True),
            page.Markup(twice=True, layout=True),
        ):
            yield Printed("html", page.page(title, form, values, style, markup), values)
        yield Printed("docx", word.document(title, form, values, style, word.Markup()), values)
        whole = replace(style, cut=0)  # a sheet has no page breaks
        yield Printed("xlsx", excel.xlsx([excel.report(title, form, values, whole)]), values)
        for layout in ("pipes", "tabs"):
            yield Printed("text", plain.text(title, form, values, style, layout), values)
    yield from real_reports()


def frozen() -> Iterator[Printed]:
    """Frozen PDF (by producer) and OFD files, and what was recognised on scans, with what was printed.

    Some were made to hold a number that nobody can read: those cells are missing.
    """
    for form in ("pdf", "ofd"):
        for path in sorted(REPORTS.glob(f"{form}-*/printed.json")):
            body = path.with_name(f"source.{form}").read_bytes()
            values = json.loads(path.read_text(encoding="utf-8"))
            producer = path.parent.name.split("-")[1] if form == "pdf" else ""
            yield Printed(f"{form} {producer}".strip(), body, values)
            if form == "pdf":
                yield Printed("pdf (second)", body, values, partial(read_again, source=Source()))
                yield Printed("pdf (both)", body, values, _read_twice)
    for name, seed in SCANS.items():
        sheets = loaded(REPORTS / f"{name}/source.json")
        seen = read_recognized_pages(sheets, Source(), "application/pdf")
        yield Printed("scan (ocr)", b"", distinct(FORM_2021, seed), partial(_seen, seen))


def _read_twice(body: bytes) -> Reading:
    """Read a PDF with both readers; cells on which they disagree are missing."""
    return read(body, Source(second_reading="all"))


def _seen(reading: Reading, _: bytes) -> Reading:
    return reading


def real_reports() -> Iterator[Printed]:
    """The four reports of the replica as PDF and as text, and their known values."""
    expected = json.loads((ROOT / "tests/replica/expected.json").read_text(encoding="utf-8"))
    for name, report in expected.items():
        values = {
            part: {item: {k: str(v) for k, v in row.items()} for item, row in table.items()}
            for part, table in report["tables"].items()
        }
        yield Printed("pdf (real)", (ROOT / f"replica/files/{name}.pdf").read_bytes(), values)
        yield Printed("text (real)", (REPORTS / f"{name}-text/source.txt").read_bytes(), values)


def count(document: Printed) -> Counter[str]:
    """Cells of one document: right, wrong, missing, silent; disagreements of two readers."""
    found: Counter[str] = Counter(documents=1)
    report = document.reader(document.body).report
    disagreed = [f for f in report.findings if f.rule == "readings_disagree"] if report else []
    found["disagree"] = len(disagreed)
    warned = report is None or bool(report.findings) or report.status != "complete"
    for part, table in document.values.items():
        for item, row in table.items():
            for key, text in row.items():
                cell = report.tables.get(part, {}).get(item, {}).get(key) if report else None
                if cell is None or cell.value is None:
                    found["missing"] += 1
                elif cell.value == float(text):
                    found["right"] += 1
                else:
                    found["wrong"] += 1
                    found["silent"] += not warned and not cell.note
    return found


def main() -> int:
    """Print the table; 1 where a wrong value was silent."""
    totals: dict[str, Counter[str]] = {}
    for document in itertools.chain(documents(), frozen()):
        totals.setdefault(document.format, Counter()).update(count(document))
    columns = ("documents", "right", "wrong", "missing", "silent", "disagree")
    print(f"{'format':16}" + "".join(f"{name:>11}" for name in columns) + "      share")
    for name, counts in totals.items():
        cells = counts["right"] + counts["wrong"] + counts["missing"]
        shown = "".join(f"{counts[column]:11}" for column in columns)
        print(f"{name:16}{shown}{counts['right'] / cells:11.3%}")
    return 1 if any(counts["silent"] for counts in totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
