"""Check that the parts of a stated total sum to it (`text_sum`): 共 N 条，其中 a 条、b 条、c 条."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.model.report import Finding, Section
from gongkai.messages import message

_UNITS = "件次|人次|万元|件|条|份|宗|起|期|篇|次|个|场|项|例"
_TOTAL = re.compile(
    rf"(?<![\d.])(\d+)(余|多)?({_UNITS})[,。(]?(?:其中|包括|包含|分别是|分别为)[:,]?"
)
_PART = re.compile(rf"^(?:[^\d]{{1,24}}?)(\d+)({_UNITS})$")
_END = re.compile(r"[。;)]")
_JOINTS = re.compile(r"[,、]")
_LONGEST = 1_000  # characters of a list of parts
_LEAST_PARTS = 3  # fewer may be examples: a list after 其中 need not be complete
_SECOND_BREAKDOWN = re.compile(
    r"其中|占|同比|增长|下降|较|网上|线上|线下|当面|信函|自然人|法人|及时|按时|按期"
)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A total and its parts, as the prose states them."""

    total: int
    parts: tuple[int, ...]
    quote: str

    @property
    def holds(self) -> bool:
        """Whether the parts sum to the total."""
        return sum(self.parts) == self.total


def sum_findings(sections: Sequence[Section]) -> list[Finding]:
    """Return a finding for each breakdown whose parts do not sum to its total."""
    found = (b for section in sections for b in find_breakdowns(section.text))
    return [
        Finding(
            rule="text_sum",
            scope="",
            verdict="unsure" if sum(b.parts) < b.total else "source",
            left=str(b.total),
            right=str(sum(b.parts)),
            message=message("sum_differs", total=b.total, parts=sum(b.parts), quote=b.quote),
        )
        for b in found
        if not b.holds
    ]


def find_breakdowns(text: str) -> Iterator[Breakdown]:
    """Yield each total followed by a list of parts, where every part is one number with a unit.

    Two parts are enough if they sum to the total. A list that does not sum to it is reported only
    if it has three or more parts in the unit of the total.
    """
    bare = normalize_text(text.replace("\n", "。"))
    for match in _TOTAL.finditer(bare):
        rest = bare[match.end() : match.end() + _LONGEST]
        end = _END.search(rest)
        listed = rest[: end.start() if end else len(rest)]
        pieces = [piece for piece in _JOINTS.split(listed) if piece]
        parts = [_PART.match(piece) for piece in pieces]
        if match[2] or len(parts) < 2 or not all(parts):
            continue
        numbers = tuple(int(part[1]) for part in parts if part)
        found = Breakdown(
            int(match[1]), numbers, bare[match.start() : match.end() + len(listed)][:80]
        )
        same_unit = all(part and part[2] == match[3] for part in parts)
        plain = same_unit and len(numbers) >= _LEAST_PARTS and not _SECOND_BREAKDOWN.search(listed)
        if found.holds or plain:
            yield found
