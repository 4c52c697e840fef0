"""The verdicts on clocks in an open index: kept with the stretches, and judged again where they may change.

The table `stretches` is that of the index (`crawler/warc/tables/stretches.py`). What is judged after a stretch began
or ended does not grow with those that there were before; in folders that were joined, as long as it leaves no
doubt about others (`joined_folders.py`).

What changes there is noted twice: by the program, which knows what a change may tell about, and by triggers in
the table `unjudged`. So what a program changed that knows nothing of this, or did not live to judge, is seen
by the next one, and all clocks are judged anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass, replace

from gongkai.crawler.clock.clean_cut import ChangedStretches, Start, find_cut
from gongkai.crawler.clock.clock_verdicts import (
    DAY,
    NEIGHBOURS,
    ClockVerdict,
    EarlierStretches,
    JudgedStretch,
    Place,
    Stretch,
    is_confirmed,
    judge_after,
    judge_stretches,
    place_of,
    weight_of,
)
from gongkai.crawler.clock.joined_folders import JOINED_STATEMENTS, JoinedFolders

LOOK_BACKS = (64, 512, 4096)
"""So many stretches before the first that changed are read, until they tell where judging begins."""

MOST_CHANGES = 64
"""After more changes at once all stretches are judged."""

_WITNESS = "sequence, offset, site, run, started, ended, lead"
_STRETCH = f"id, {_WITNESS}"
_JUDGED = f"{_STRETCH}, shift, clock, out_of_order"


def _each(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in _WITNESS.split(", "))


STATEMENTS = (
    *JOINED_STATEMENTS,
    "CREATE INDEX IF NOT EXISTS stretches_lead ON stretches(site, abs(lead))",
    "CREATE INDEX IF NOT EXISTS stretches_misfits ON stretches(started) WHERE out_of_order",
    "CREATE INDEX IF NOT EXISTS stretches_moved ON stretches(site) WHERE shift != 0",
    "CREATE TABLE IF NOT EXISTS unjudged (stretch INTEGER PRIMARY KEY)",
    """CREATE TRIGGER IF NOT EXISTS unjudged_begins AFTER INSERT ON stretches
       BEGIN INSERT OR IGNORE INTO unjudged VALUES (new.id); END""",
    f"""CREATE TRIGGER IF NOT EXISTS unjudged_changes AFTER UPDATE OF {_WITNESS} ON stretches
        WHEN ({_each("new")}) IS NOT ({_each("old")})
        BEGIN INSERT OR IGNORE INTO unjudged VALUES (new.id); END""",
    """CREATE TRIGGER IF NOT EXISTS unjudged_removals AFTER DELETE ON stretches
       BEGIN INSERT OR IGNORE INTO unjudged VALUES (old.id); END""",
)
"""`unjudged` are the stretches that changed after clocks were judged."""

_BEFORE = "sequence <= ?1 AND (sequence, offset, id) < (?1, ?2, ?3)"
_FROM = "sequence >= ?1 AND (sequence, offset, id) >= (?1, ?2, ?3)"


@dataclass(frozen=True, slots=True)
class _Change:
    """A stretch that began, ended, moved or was removed; its start, as it is and as it was."""

    place: Place
    starts: tuple[int, ...]
    is_end: bool


class VerdictTable:
    """The verdicts in the table of stretches of an open index.

    Who changes stretches notes it here, and has them judged in the same transaction.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._joined = JoinedFolders(db)
        self._changes: list[_Change] = []
        self._is_all_changed = False

    def prepare(self) -> None:
        """Create what an index of an earlier version lacks; its clocks have to be judged anew then."""
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'unjudged'"
        was_judged = self._db.execute(query).fetchone()
        for statement in STATEMENTS:
            self._db.execute(statement)
        if not was_judged:
            self._db.execute("INSERT INTO unjudged SELECT id FROM stretches")

    def unjudged(self) -> int:
        """Return how many stretches changed after clocks were judged."""
        return int(self._db.execute("SELECT count(*) FROM unjudged").fetchone()[0])

    def note_begin(self, stretch: int) -> None:
        """Note that a stretch was added."""
        known = self._one(stretch)
        self._note(_Change(place_of(known), (known.started,), is_end=False))
        was_joined = self._joined.is_joined()
        self._joined.add(stretch)
        self._is_all_changed |= was_joined != self._joined.is_joined()

    def note_change(self, before: Stretch, is_end: bool = False) -> None:
        """Note that a stretch was changed, with what it was before."""
        now = self._one(before.id)
        if now == before:
            return
        self._note(_Change(place_of(now), (before.started, now.started), is_end))
        if is_confirmed(now.lead) and not is_confirmed(before.lead):
            self._note_confirmed(now)

    def note_removal(self, removed: JudgedStretch) -> None:
        """Note that a stretch was removed, with what was thought of it."""
        stretch, was_joined = removed.stretch, self._joined.is_joined()
        self._note(_Change(place_of(stretch), (stretch.started,), is_end=False))
        self._is_all_changed |= is_confirmed(stretch.lead)
        self._joined.remove(stretch.sequence)
        if was_joined:
            is_silent = stretch.lead is None and removed.verdict == ClockVerdict(0, "")
            self._is_all_changed |= not is_silent or not self._joined.is_joined()

    def note_marked(self, runs: Collection[str]) -> None:
        """Note that an operator marked these runs, or took their marks back: all is to be judged."""
        self._is_all_changed = True
        self._db.execute(
            "INSERT OR IGNORE INTO unjudged SELECT t.id FROM json_each(?) k"
            " CROSS JOIN stretches t ON t.run = k.value",
            (json.dumps([*runs]),),
        )

    def _note_confirmed(self, stretch: Stretch) -> None:
        """Note that all is to be judged, where a site that contradicted us for long confirms us at last."""
        others = "SELECT 1 FROM stretches WHERE site = ?1 AND id != ?2 AND abs(lead)"
        first, contradicted = self._db.execute(
            f"SELECT NOT EXISTS ({others} <= ?3), EXISTS ({others} > ?3)",
            (stretch.site, stretch.id, DAY),
        ).fetchone()
        self._is_all_changed |= bool(first and contradicted)

    def _note(self, change: _Change) -> None:
        self._changes.append(change)
        if len(self._changes) > MOST_CHANGES:
            self._is_all_changed = True
            self._changes.clear()

    def judge(self) -> dict[int, ClockVerdict]:
        """Judge all clocks anew, and give the fetches of wrong ones their probable times.

        Return the numbers of the stretches that are judged in another way, and how they are now.
        """
        self._forget_changes()
        self._joined.find()
        known = self._read("")
        stretches = [each.stretch for each in known]
        if self._joined.is_joined():
            stretches = [replace(each, sequence=0) for each in stretches]
        return self._keep(known, judge_stretches(stretches, self._marked()))

    def judge_changed(self) -> dict[int, ClockVerdict]:
        """Judge the clocks that may be judged in another way after the changes that were noted.

        The verdicts are those of judging all of them. Return what `judge` does.
        """
        changes, is_all = self._changes, self._is_all_changed
        if is_all or self._has_other_changes(changes):
            return self.judge()
        self._forget_changes()
        if not changes:
            return {}
        if self._joined.is_joined():
            return self.judge() if any(map(self._is_in_doubt, changes)) else {}
        found = self._part_to_judge(changes)
        if found is None:
            return self.judge()
        earlier, part = found
        stretches = [each.stretch for each in part]
        confirmed = self._confirmed_sites([*earlier.near, *stretches])
        return self._keep(part, judge_after(earlier, stretches, confirmed, self._marked()))

    def _forget_changes(self) -> None:
        self._changes, self._is_all_changed = [], False
        self._db.execute("DELETE FROM unjudged")

    def _has_other_changes(self, changes: Sequence[_Change]) -> bool:
        """Return whether stretches changed of which nothing was noted here."""
        noted = json.dumps([change.place[2] for change in changes])
        query = (
            "SELECT 1 FROM unjudged WHERE stretch NOT IN (SELECT value FROM json_each(?)) LIMIT 1"
        )
        return self._db.execute(query, (noted,)).fetchone() is not None

    def _part_to_judge(
        self, changes: Sequence[_Change]
    ) -> tuple[EarlierStretches, list[JudgedStretch]] | None:
        """Return the stretches to judge and what has to be known of those before; None if all are to be."""
        places = sorted(change.place for change in changes)
        if not places[0][0]:
            return None  # without a number
        starts = [start for change in changes for start in change.starts]
        after = self._read(f"WHERE {_FROM} ORDER BY sequence, offset, id", places[0])
        end = sum(place_of(each.stretch) <= places[-1] for each in after)
        for look_back in LOOK_BACKS:
            before = self._read(
                f"WHERE sequence > 0 AND {_BEFORE}"
                " ORDER BY sequence DESC, offset DESC, id DESC LIMIT ?4",
                (*places[0], look_back),
            )[::-1]
            known = [*before, *after]
            changed = ChangedStretches(len(before), len(before) + end, starts)
            cut = find_cut(known, changed, self._outliers(known))
            if cut is not None:
                ends = self._ends_before(known[cut].stretch)
                if ends is not None:
                    near = [each.stretch for each in known[cut - NEIGHBOURS : cut]]
                    return EarlierStretches(near, ends), known[cut:]
            if len(before) < look_back:
                return None if self._has_unnumbered() else (EarlierStretches(), known)
        return None

    def _outliers(self, known: Sequence[JudgedStretch]) -> list[Start]:
        """Return the starts of those before all these that fit into no order and are later than any."""
        if not known:
            return []
        rows = self._db.execute(
            "SELECT started, lead FROM stretches INDEXED BY stretches_misfits"
            f" WHERE out_of_order AND started > ?4 AND {_BEFORE}",
            (*place_of(known[0].stretch), min(each.stretch.started for each in known)),
        )
        return [(started, weight_of(lead)) for started, lead in rows]

    def _ends_before(self, first: Stretch) -> dict[str, tuple[int, bool]] | None:
        """Return when the sites' stretches before one ended, as far as they ended after its start.

        None where a right one of them started after it.
        """
        ends: dict[str, tuple[Place, int, bool]] = {}
        for each in self._read(
            f"INDEXED BY stretches_end WHERE ended + shift >= ?4 AND {_BEFORE}",
            (*place_of(first), first.started),
        ):
            stretch, verdict = each.stretch, each.verdict
            if verdict.clock not in ("wrong", "marked") and stretch.started > first.started:
                return None
            end = (place_of(stretch), stretch.ended + verdict.shift, bool(verdict.shift))
            if stretch.sequence:
                ends[stretch.site] = max(ends.get(stretch.site, end), end)
        return {site: (end, was_shifted) for site, (_, end, was_shifted) in ends.items()}

    def _confirmed_sites(self, stretches: Sequence[Stretch]) -> set[str]:
        """Return those of the contradicting sites that confirmed our clock in any stretch."""
        doubted = {
            each.site for each in stretches if each.lead is not None and not is_confirmed(each.lead)
        }
        query = "SELECT 1 FROM stretches WHERE site = ? AND abs(lead) <= ? LIMIT 1"
        return {site for site in doubted if self._db.execute(query, (site, DAY)).fetchone()}

    def _is_in_doubt(self, change: _Change) -> bool:
        """Return whether a change in joined folders may change what is thought of clocks."""
        if change.is_end:
            return self._joined.is_end_in_doubt(change.place[2])
        return self._joined.is_start_in_doubt(change.place[2], min(change.starts))

    def _keep(
        self, known: Sequence[JudgedStretch], verdicts: dict[int, ClockVerdict]
    ) -> dict[int, ClockVerdict]:
        """Keep the verdicts that are others than before, and return them by the number of the stretch."""
        changed = {}
        for each in known:
            stretch, new = each.stretch.id, verdicts.get(each.stretch.id, ClockVerdict(0, ""))
            if new == each.verdict:
                continue
            (number,) = self._db.execute(
                "UPDATE stretches SET shift = ?, clock = ?, out_of_order = ? WHERE id = ?"
                " RETURNING number",
                (*astuple(new), stretch),
            ).fetchone()
            self._db.execute(
                "UPDATE snapshots SET clock = ?, seen_at = strftime('%Y-%m-%dT%H:%M:%SZ',"
                " fetched_at, ? || ' seconds') WHERE stretch = ?",
                (new.clock, f"{new.shift:+d}", stretch),
            )
            self._db.execute(
                "UPDATE snapshots SET last_seen = seen_at WHERE stretch = ? AND NOT EXISTS"
                " (SELECT 1 FROM visits v WHERE v.fetch = snapshots.seq AND v.later != x'')",
                (stretch,),
            )
            changed[int(number)] = new
        return changed

    def suspects(self) -> Iterator[JudgedStretch]:
        """Yield the stretches with a verdict, in order of fetching."""
        yield from self._read("WHERE clock != '' ORDER BY sequence, started + shift, offset")

    def one(self, stretch: int) -> JudgedStretch | None:
        """Return a stretch and what is thought of its clock, None where it is unknown."""
        return next(iter(self._read("WHERE id = ?1", (stretch,))), None)

    def _one(self, stretch: int) -> Stretch:
        return self._read("WHERE id = ?1", (stretch,))[0].stretch

    def _read(self, rest: str, values: Sequence[int] = ()) -> list[JudgedStretch]:
        rows = self._db.execute(f"SELECT {_JUDGED} FROM stretches {rest}", values)
        return [
            JudgedStretch(Stretch(*stretch), ClockVerdict(shift, clock, bool(out_of_order)))
            for *stretch, shift, clock, out_of_order in rows
        ]

    def _has_unnumbered(self) -> bool:
        query = "SELECT 1 FROM stretches WHERE sequence = 0 LIMIT 1"
        return self._db.execute(query).fetchone() is not None

    def _marked(self) -> Collection[str]:
        return {run for (run,) in self._db.execute("SELECT run FROM clock_marks")}
