"""Which agency follows which: by an operator, by the text of a report, or by the changes of names.

A link is only made between bodies of one division, or of a division and the one that followed it, and only
where their reports do not speak against it: both reporting for many years are two bodies, whatever their
names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gongkai.archive.lineage.bodies import AgencyLink, Body, Stated
from gongkai.archive.lineage.division_changes import by_division_change, of_following_divisions
from gongkai.archive.lineage.name_changes import NameChange, name_changes
from gongkai.extract.chinese.divisions import bears_name_since, former_regions

FOLLOWING = ("renamed", "merged")
"""Kinds of links that end the duty of the body they begin with, and give it to another."""

LONGEST_GAP = 2
"""So many years may lie between the reports of a body and of the one that has its words in its name."""


def find_links(
    bodies: Iterable[Body], stated: Sequence[Stated] = (), last_due: int = 9999
) -> list[AgencyLink]:
    """Return the links between bodies, ordered by year and ids.

    What is `stated` of a body counts before the changes of names: an operator's word before that of
    a report. `last_due` is the last year for which reports are due. Without a new name, only a missing
    report shows that a body went into another one, so that later changes are not inferred.
    """
    known = {body.id: body for body in bodies}
    links = _stated_links(known, stated)
    settled = {link.from_id for link in links}
    denied = {(each.from_id, each.to_id) for each in stated if each.kind == "none"}
    groups = _by_division(known.values())
    for group in groups.values():
        for body in group:
            if body.id in settled or (body.id, "") in denied:
                continue
            there = of_following_divisions(body, groups)
            others = [each for each in (*group, *there) if (body.id, each.id) not in denied]
            links += _best_link(body, others, last_due)
        links += _foundings(group)
    return sorted(_without_circles(links), key=_order)


def lines(links: Iterable[AgencyLink]) -> dict[str, str]:
    """Return for each body with a successor the last body of its line."""
    after = {
        link.from_id: link.to_id for link in links if link.is_main and link.from_id and link.to_id
    }
    found: dict[str, str] = {}
    for body in after:
        end = body
        while end in after:
            end = after[end]
        found[body] = end
    return found


def _order(link: AgencyLink) -> tuple[int, str, str]:
    return link.year, link.from_id or "", link.to_id or ""


def _by_division(bodies: Iterable[Body]) -> dict[tuple[str, bool], list[Body]]:
    """Return the bodies by the code of their division and whether they are of a town."""
    groups: dict[tuple[str, bool], list[Body]] = defaultdict(list)
    for body in sorted(bodies, key=lambda each: each.id):
        if body.agency.region_code:
            groups[body.agency.region_code, body.agency.level == "town"].append(body)
    return groups


def _stated_links(known: Mapping[str, Body], stated: Sequence[Stated]) -> list[AgencyLink]:
    """Return the links that are stated; an operator's word about a body excludes that of reports."""
    ranks = ("operator", "stated")
    found: dict[tuple[str, str], AgencyLink] = {}
    told: set[str] = set()
    denied = {(each.from_id, each.to_id) for each in stated if each.kind == "none"}
    for each in sorted(stated, key=lambda said: (ranks.index(said.why), said.year, said.source)):
        is_denied = bool(denied & {(each.from_id, ""), (each.from_id, each.to_id)})
        if each.kind == "none" or is_denied or (each.why == "stated" and each.from_id in told):
            continue
        if (each.from_id and each.from_id not in known) or (each.to_id and each.to_id not in known):
            continue
        found[each.from_id, each.to_id] = AgencyLink(
            from_id=each.from_id or None,
            to_id=each.to_id or None,
            year=each.year,
            kind=each.kind,
            why=each.why,
            source=each.source,
            is_main=each.kind == "renamed",
        )
        told |= {each.from_id} - {""}
    return list(found.values())


def _best_link(body: Body, others: Sequence[Body], last_due: int) -> list[AgencyLink]:
    """Return the first change that a body went through, [] if none is known.

    Where its division was divided, several bodies follow it.
    """
    own = [each for each in others if each.agency.region_code == body.agency.region_code]
    found = [*_by_change(body, own, last_due), *_by_ending(body, own)]
    if region := former_regions().get(body.agency.region_code):
        found += by_division_change(body, region, others)
    if not found:
        return []
    first = min(found, key=lambda each: (each[0], each[1].year))[1]
    if first.kind != "split":
        return [first]
    return [link for _, link in found if link.kind == "split"]


def _by_change(
    body: Body, others: Sequence[Body], last_due: int
) -> Iterator[tuple[bool, AgencyLink]]:
    """Yield the links by changes of names, each with whether an older body took the body in."""
    words = body.words
    for change in name_changes():
        if words not in change.old or body.last > change.last:
            continue
        year = max(change.first, body.last + 1 if body.last else 0)
        if year > change.last:
            year = change.last
        if change.joins and (body.is_listed or year > last_due):
            continue
        if change.kind == "ended":
            yield change.joins, _link(body, None, year, change)
        for other in others:
            if (
                other.words in change.new
                and other.id != body.id
                and _may_follow(body, other, change)
            ):
                yield change.joins, _link(body, other, _year_of(year, other, change), change)


def _may_follow(body: Body, other: Body, change: NameChange) -> bool:
    """Return whether the reports of two bodies agree with a change.

    Portals print the new name on old reports, and the old one on the report for the year of the
    change: a report of each for the same year is no contradiction then.
    """
    if change.joins:
        return True
    both = body.years & other.years
    return all(change.first - 1 <= year <= change.last for year in both) and len(both) <= 1


def _year_of(earliest: int, other: Body, change: NameChange) -> int:
    first = min((year for year in other.years if year >= earliest), default=earliest)
    return earliest if change.joins else min(first, change.last)


def _link(body: Body, other: Body | None, year: int, change: NameChange) -> AgencyLink:
    return AgencyLink(
        from_id=body.id,
        to_id=other.id if other else None,
        year=year,
        kind=change.kind,
        why="rule",
        source=change.source,
        is_main=other is not None and body.words in change.main,
    )


def _by_ending(body: Body, others: Sequence[Body]) -> Iterator[tuple[bool, AgencyLink]]:
    """Yield the links of a 委 that became a 局, or a 乡 that became a 镇: the reports of one end first."""
    words = body.words
    if len(words) < 2 or not body.years or body.is_listed:
        return
    for other in others:
        gap = min(other.years, default=0) - body.last
        is_alike = other.words == words and other.agency.kind == body.agency.kind
        if other.id != body.id and is_alike and 1 <= gap <= LONGEST_GAP:
            year = min(other.years)
            yield False, AgencyLink(body.id, other.id, year, "renamed", "rule", "", is_main=True)


def _foundings(group: Sequence[Body]) -> Iterator[AgencyLink]:
    for change in name_changes():
        if change.kind != "new":
            continue
        for body in group:
            first = min(body.years, default=change.first)
            if bears_name_since(body.agency.region_code) > change.last:
                continue  # founded with its division, and not by this reform
            if body.words in change.new and first >= change.first - 1:
                year = min(max(first, change.first), change.last)
                yield AgencyLink(None, body.id, year, "new", "rule", change.source, is_main=False)


def _without_circles(links: Sequence[AgencyLink]) -> list[AgencyLink]:
    """Return the links without those that lead back to a body that stands before them in its line."""
    after: dict[str, str] = {}
    kept = []
    for link in sorted(links, key=lambda each: (each.why != "operator", *_order(each))):
        if link.from_id and link.to_id and link.is_main:
            end: str | None = link.to_id
            while end and end != link.from_id:
                end = after.get(end)
            if end or link.from_id in after:
                continue
            after[link.from_id] = link.to_id
        kept.append(link)
    return kept
