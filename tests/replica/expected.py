"""What an archive must hold of the replica: `python -m tests.replica.expected` writes expected.json.

The file is committed and was compared with the seeds by eye; a test holds it to the content.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gongkai.replica.content import Report, reports
from gongkai.replica.form import keyed
from gongkai.replica.portal import portals

FILE = Path(__file__).with_name("expected.json")


def expected() -> dict[str, Any]:
    """Report key -> its facts and its tables by the canonical keys (part -> item -> field)."""
    return {key: _facts(report) for key, report in reports().items()}


def written() -> str:
    """The text of expected.json."""
    return json.dumps(expected(), ensure_ascii=False, indent=1) + "\n"


def _facts(report: Report) -> dict[str, Any]:
    return {
        "url": report.url,
        "addresses": [
            address for portal in portals() for address in portal.addresses_of(report.key)
        ],
        "title": report.title,
        "agency": report.agency,
        "region": report.region,
        "year": report.year,
        "form": report.form,
        "published_on": f"{report.published:%Y-%m-%d}",
        "headings": [section.heading for section in report.sections],
        "tables": {
            part: {
                item: {field: _number(text) for field, text in fields.items()}
                for item, fields in keyed(part, values).items()
            }
            for part, values in report.tables.items()
        },
    }


def _number(text: str) -> int | float | None:
    if not text:
        return None
    return float(text) if "." in text else int(text)


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
