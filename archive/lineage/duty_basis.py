"""From which rules and portals it was computed who owes reports, and where another basis gives another answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

from gongkai.archive.lineage.corrections import Correction
from gongkai.extract.chinese.divisions import every_region, lineage

VERSION = "3"
"""Changes with any rule of who owes reports; an archive of another version is computed again."""

Portals = Mapping[str, tuple[str, str]]
"""The division of each portal by its id, and the portal that it belongs to."""


def basis_of(portals: Portals, corrections: Sequence[Correction]) -> str:
    """Return the basis as the archive keeps it: the version, a digest of the corrections, the portals."""
    stated = sha256(repr(tuple(corrections)).encode()).hexdigest()[:32]
    told = json.dumps(portals, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{VERSION} {stated} {told}"


def divisions_concerned(before: str, now: str) -> set[str] | None:
    """Return the divisions in which another basis may tell another duty; None where that may be any.

    A portal tells who owes reports in its division and in those below. Whether it does hangs on the
    portal that it belongs to, too.
    """
    if before == now:
        return set()
    *rules_before, told_before = before.split(" ", 2)
    *rules_now, told_now = now.split(" ", 2)
    if rules_before != rules_now or len(rules_now) < 2:
        return None
    old, new = _portals(told_before), _portals(told_now)
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    codes = {
        code
        for portals in (old, new)
        for key, (code, parent) in portals.items()
        if key in changed or parent in changed
    }
    return _with_those_below(codes)


def _portals(told: str) -> Portals:
    return {key: (code, parent) for key, (code, parent) in json.loads(told).items()}


def _with_those_below(codes: Collection[str]) -> set[str]:
    return {code for code in every_region() if any(above.code in codes for above in lineage(code))}
