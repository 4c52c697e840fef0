"""What pages tell that state another body beside the title: the two follow each other.

Portals print the name of today over a report that another body wrote, or the old name with the new body
as its source. The other body may also be one that publishes for others. Therefore both must report, and
the reports of one must end before those of the other begin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from gongkai.archive.lineage.bodies import Body, Stated
from gongkai.archive.lineage.name_changes import name_changes

Pair = tuple[str, str, str]
"""The agency of a report, the body that its page states beside the title, the report; ids."""


def stated_by_sources(pairs: Iterable[Pair], bodies: Iterable[Body]) -> list[Stated]:
    """Return the changes that pages state, each once, with the first report that has it.

    Changes of names that `name_changes` has are left to it. A body that several others became is that of
    a merger.
    """
    known = {body.id: body for body in bodies}
    found: dict[tuple[str, str], str] = {}
    for agency, other, report in sorted(pairs):
        order = _in_order(known.get(agency), known.get(other))
        if order and not _is_known_change(*order):
            found.setdefault((order[0].id, order[1].id), report)
    parts: dict[str, int] = defaultdict(int)
    for _, new in found:
        parts[new] += 1
    return [
        Stated(
            from_id=old,
            to_id=new,
            year=_first_year(known, new),
            kind="merged" if parts[new] > 1 else "renamed",
            why="stated",
            source=report,
        )
        for (old, new), report in found.items()
    ]


def _in_order(one: Body | None, other: Body | None) -> tuple[Body, Body] | None:
    """Return two bodies, the one whose reports come first, or None if they do not follow each other."""
    if one is None or other is None or not one.years or not other.years or one.id == other.id:
        return None
    for old, new in ((one, other), (other, one)):
        if old.last < min(new.years) and not old.is_listed:
            return old, new
    return None


def _is_known_change(old: Body, new: Body) -> bool:
    return any(
        old.words in change.old
        and new.words in change.new
        and change.first - 1 <= min(new.years) <= change.last + 1
        for change in name_changes()
    )


def _first_year(known: Mapping[str, Body], body: str) -> int:
    return min(known[body].years)
