"""Check that all six sections are present and have text (`section_missing`, `section_empty`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.forms import SECTIONS, section_label
from gongkai.extract.model.report import Finding, Section, Table
from gongkai.messages import message

_TABLE_OF = {
    2: ("active_disclosure", "active_disclosure_2019"),
    3: ("requests",),
    4: ("review_litigation",),
}


def completeness_findings(
    sections: Sequence[Section], tables: Mapping[str, Table]
) -> list[Finding]:
    """Return a finding for each missing section, and for each section with a heading but no text.

    Sections two to four without text are not reported here: their table is missing or was refused,
    which has a finding of its own.
    """
    found = {section.number: section for section in sections}
    findings = []
    for number, heading in SECTIONS:
        section = found.get(number)
        if section is None:
            if not _has_table(number, tables):
                findings.append(_missing(number, heading))
        elif number not in _TABLE_OF and not normalize_text(section.text):
            findings.append(_empty(number, heading))
    return findings


def _has_table(number: int, tables: Collection[str]) -> bool:
    return any(part in tables for part in _TABLE_OF.get(number, ()))


def _missing(number: int, heading: str) -> Finding:
    return Finding(
        rule="section_missing",
        scope=str(number),
        verdict="unsure",
        left="",
        right=heading,
        message=message("section_missing", section=section_label(number)),
    )


def _empty(number: int, heading: str) -> Finding:
    return Finding(
        rule="section_empty",
        scope=str(number),
        verdict="unsure",
        left="",
        right=heading,
        message=message("section_empty", section=section_label(number)),
    )
