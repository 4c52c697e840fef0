"""Where a division lies in the list of another year: the divisions of a vintage, and who followed whom.

`region_history.csv` has every code that began or ended since 2008, with those before and after it: made from
github.com/yescallop/areacodes (CC0), commit eed219a, lists of the Ministry of Civil Affairs as of 31 December of
each year, and what the ministry published until September 2026. `since` is the first year whose list has a
name, `until` the first whose list lacks it. Land that went from one division to another while both lived
on is not in it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from gongkai.extract.chinese.divisions import Region, every_region, is_statistical, regions

FIRST, LAST = 2008, 2023
"""The vintages that there are: 2008 is the first year of reports, and `regions.csv` is of 2023."""

_ALWAYS = 9999


@dataclass(frozen=True, slots=True)
class _Spell:
    """A name under a code, with the years of the lists that have it."""

    code: str
    name: str
    since: int
    until: int
    successors: tuple[str, ...]
    predecessors: tuple[str, ...]


@cache
def _history() -> Mapping[str, tuple[_Spell, ...]]:
    text = files("gongkai.extract.chinese").joinpath("region_history.csv").read_text("utf-8")
    found: dict[str, list[_Spell]] = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        spell = _Spell(
            row["code"],
            row["name"],
            int(row["since"] or 0),
            int(row["until"] or _ALWAYS),
            tuple(row["successors"].split()),
            tuple(row["predecessors"].split()),
        )
        found[spell.code].append(spell)
    return {code: tuple(spells) for code, spells in found.items()}


@dataclass(frozen=True, slots=True)
class _Moves:
    """What became of divisions in a year, and of what they were made, by their code and the year."""

    ended: Mapping[tuple[str, int], _Spell]
    taken: Mapping[tuple[str, int], set[str]]
    ended_into: Mapping[tuple[str, int], set[str]]
    made_of: Mapping[tuple[str, int], set[str]]


@cache
def _moves() -> _Moves:
    ended: dict[tuple[str, int], _Spell] = {}
    taken, ended_into, made_of = (defaultdict[tuple[str, int], set[str]](set) for _ in range(3))
    for spell in (each for spells in _history().values() for each in spells):
        ended.setdefault((spell.code, spell.until), spell)
        for other in spell.predecessors:
            taken[other, spell.since].add(spell.code)
            made_of[spell.code, spell.since].add(other)
        for other in spell.successors:
            ended_into[other, spell.until].add(spell.code)
    return _Moves(ended, dict(taken), dict(ended_into), dict(made_of))


def _spell_in(code: str, year: int) -> _Spell | None:
    spells = _history().get(code, ())
    return next((each for each in spells if each.since <= year < each.until), None)


def _is_listed(code: str, year: int) -> bool:
    return _spell_in(code, year) is not None if code in _history() else code in regions()


def _after(code: str, year: int) -> set[str]:
    """Return the divisions of the list of `year` in which one of the list before lies."""
    moves = _moves()
    if ended := moves.ended.get((code, year)):
        return set(ended.successors)
    # a division that was made of a part of this one took a part of what it counted
    return {code, *moves.taken.get((code, year), ())}


def _before(code: str, year: int) -> set[str]:
    """Return the divisions of the list before that of `year` of which a division was made."""
    moves, key = _moves(), (code, year)
    found = moves.ended_into.get(key, set()) | moves.made_of.get(key, set())
    if _is_listed(code, year - 1) and key not in moves.ended:
        found = found | {code}
    return found


def place_in(code: str, year: int, vintage: int) -> str:
    """Return the division of a vintage to which the reports of a division for a year belong.

    Where they belong to several, it is the division that these lie in, so that nothing is counted twice
    and nothing in a place that it is not of; "" is the country. A year in which the division was not
    listed is taken for the nearest one in which it was.

    >>> place_in("330103", 2020, 2023), place_in("330104", 2020, 2023), place_in("330104", 2020, 2020)
    ('330105', '330100', '330104')
    >>> place_in("340124", 2015, 2009)
    '341421'
    """
    if code not in every_region() and code not in _history():
        return ""
    if is_statistical(code):
        return code
    return _common(_lies_in(code, _listed_year(code, year), vintage), vintage)


def _listed_year(code: str, year: int) -> int:
    """Return the nearest year in which a division was listed."""
    spells = _history().get(code, ())
    if not spells or _spell_in(code, year) is not None:
        return year
    return min((y for s in spells for y in (s.since, s.until - 1)), key=lambda y: abs(y - year))


@lru_cache(maxsize=1 << 15)
def _lies_in(code: str, year: int, vintage: int) -> frozenset[str]:
    """Return the divisions of a vintage in which one of a year lies, or of which it was made."""
    if year == vintage:
        return frozenset({code})
    step = 1 if year < vintage else -1
    near = _after(code, year + 1) if step > 0 else _before(code, year)
    return frozenset().union(*(_lies_in(each, year + step, vintage) for each in near))


def _common(codes: Collection[str], vintage: int) -> str:
    """Return the nearest division that holds all of some, "" where only the country does."""
    if len(codes) == 1:
        return next(iter(codes))
    chains = [chain_in(code, vintage) for code in codes]
    if not chains:
        return ""
    shared = set(chains[0]).intersection(*chains[1:])
    return next((code for code in chains[0] if code in shared), "")


def chain_in(code: str, vintage: int) -> tuple[str, ...]:
    """Return a division of a vintage and those it lies in, the nearest first."""
    return tuple(_chain(code, vintage))


def _chain(code: str, vintage: int) -> Iterator[str]:
    while code:
        yield code
        code = _parent(code, vintage)


def _parent(code: str, vintage: int) -> str:
    city, province = f"{code[:4]}00", f"{code[:2]}0000"
    if code not in (city, province):
        if _is_listed(city, vintage):
            return city
        if is_statistical(code) and city in every_region():
            return place_in(city, LAST, vintage)
    return province if code != province else ""


@cache
def divisions_in(vintage: int) -> Mapping[str, Region]:
    """Return the divisions of a vintage by code, zones of the statistics bureau included."""
    codes = {code for code in {*regions(), *_history()} if _is_listed(code, vintage)}
    names = {code: _name(code, vintage) for code in codes}
    found = {}
    for code in sorted(codes):
        chain = chain_in(code, vintage)
        full = "".join(names[each] for each in reversed(chain))
        level = "province" if len(chain) == 1 else "city" if code.endswith("00") else "county"
        found[code] = Region(code, names[code], full, level, chain[1] if len(chain) > 1 else "")
    return found


def _name(code: str, vintage: int) -> str:
    spell = _spell_in(code, vintage)
    return spell.name if spell else regions()[code].name


@dataclass(frozen=True, slots=True)
class Placement:
    """Reports of a division for some years, and the division of a vintage that they belong to, or ""."""

    code: str
    since: int
    until: int
    place: str


@cache
def _alike() -> Mapping[str, tuple[int, ...]]:
    """Return for each division, and each year from `FIRST` on, the first one in which it lay in the same places.

    These are the places of any vintage: nothing became of the division in between.
    """
    moves, found = _moves(), {}
    events = (moves.ended, moves.taken, moves.ended_into, moves.made_of)
    for code in _touched():
        firsts: list[int] = []
        first_of: dict[int, int] = {}
        for year in range(FIRST, LAST + 1):
            listed = _listed_year(code, year)
            is_steady = firsts and (listed, year - 1) == (year, _listed_year(code, year - 1))
            if is_steady and not any((code, year) in each for each in events):
                first_of[listed] = firsts[-1]
            firsts.append(first_of.setdefault(listed, year))
        found[code] = tuple(firsts)
    return found


def _touched() -> list[str]:
    """Return the divisions of which something became, or was made."""
    spells = [spell for each in _history().values() for spell in each]
    codes = {code for s in spells for code in (s.code, *s.successors, *s.predecessors)}
    return sorted(codes & every_region().keys())


@cache
def placements(vintage: int) -> tuple[Placement, ...]:
    """Return where reports belong that do not belong to their own division, by division and years."""
    found: list[Placement] = []
    for code, firsts in _alike().items():
        places = {year: place_in(code, year, vintage) for year in set(firsts)}
        for year, first in enumerate(firsts, FIRST):
            place = places[first]
            last = found[-1] if found else None
            if place == code:
                continue
            if last and (last.code, last.place, last.until) == (code, place, year - 1):
                found[-1] = Placement(code, last.since, year, place)
            else:
                found.append(Placement(code, year, year, place))
    return tuple(
        Placement(
            each.code,
            0 if each.since == FIRST else each.since,
            _ALWAYS if each.until == LAST else each.until,
            each.place,
        )
        for each in found
    )
