"""The raw tables of a publication, read from its CSV files with the standard library alone.

Nothing here or in the modules that recompute from it comes from the project: definitions are those of
the documentation, the data dictionary and the official forms (国办公开办函〔2019〕60号 and 〔2021〕30号). A fault that
both had would have to be made twice.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

Row = dict[str, str]
Key = tuple[str, ...]
PEOPLE = (
    "natural_person business research_institute public_interest_org legal_service_org other_org"
)
APPLICANTS = tuple(PEOPLE.split())
COLUMNS = (*APPLICANTS, "total")
REFUSED = tuple(
    f"refused_{name}"
    for name in [
        "state_secret",
        "law_forbids",
        "three_securities",
        "third_party",
        "internal_affairs",
        "process_info",
        "enforcement_file",
        "admin_query",
    ]
)
UNAVAILABLE = ("unavailable_not_held", "unavailable_needs_creation", "unavailable_still_unclear")
REJECTED = tuple(
    f"rejected_{name}"
    for name in ["complaint", "repeat", "publication", "excessive", "reconfirmation"]
)
OTHER = {"2021": ("other_overdue_correction", "other_overdue_fee", "other"), "2019": ("other",)}
PROCEEDINGS = ("review", "suit_direct", "suit_after_review")
RESULTS = ("upheld", "corrected", "other", "pending")

Number = int | float | None


def read_table(folder: Path, name: str) -> list[Row]:
    """Return the rows of a published table, without the apostrophe in front of would-be formulas."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [
            {key: text.removeprefix("'") for key, text in row.items()}
            for row in csv.DictReader(file)
        ]


def number(text: str) -> Number:
    """Return the number of a cell, None for an empty one."""
    if text == "":
        return None
    return float(text) if {".", "e"} & set(text) else int(text)


def added(values: Iterable[Number]) -> Number:
    """Return a sum, None where a part is missing: blank is not zero."""
    parts = list(values)
    known = [each for each in parts if each is not None]
    return sum(known) if parts and len(known) == len(parts) else None


class Publication:
    """The tables of a publication, read from its CSV files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports = {row["id"]: row for row in read_table(folder, "reports")}
        self.agencies = {row["id"]: row for row in read_table(folder, "agencies")}
        self.regions = {row["code"]: row for row in read_table(folder, "regions")}
        self.requests = {
            (row["report_id"], row["item"]): {name: number(row[name]) for name in COLUMNS}
            for row in read_table(folder, "requests")
        }
        self.disputes = {
            (row["report_id"], row["proceeding"]): {
                name: number(row[name]) for name in (*RESULTS, "total")
            }
            for row in read_table(folder, "review_litigation")
        }
        self.disclosures = {
            row["report_id"]: row
            for name in ("active_disclosure", "active_disclosure_2019")
            for row in read_table(folder, name)
        }
        self.notes = {
            (row["report_id"], row["part"], row["item"], row["field"]): row
            for row in read_table(folder, "cell_notes")
        }
        self.texts: dict[str, dict[str, str]] = defaultdict(dict)
        for row in read_table(folder, "sections"):
            self.texts[row["report_id"]][row["number"]] = row["text"]
        self.by_year = {(r["agency_id"], int(r["year"])): key for key, r in self.reports.items()}
        self.before = {
            row["to_id"]: row["from_id"]
            for row in sorted(read_table(folder, "agency_links"), key=lambda row: row["year"])
            if row["kind"] == "renamed"
        }

    def asked(self, report: str, item: str, column: str = "total") -> Number:
        """Return a cell of the table of requests."""
        return self.requests.get((report, item), {}).get(column)

    def disputed(self, report: str, proceeding: str, column: str) -> Number:
        """Return a cell of the table of reviews and lawsuits."""
        return self.disputes.get((report, proceeding), {}).get(column)

    def agency(self, report: str) -> Row:
        """Return the agency of a report."""
        return self.agencies[self.reports[report]["agency_id"]]
