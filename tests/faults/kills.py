"""`kill -9` of crawls and builds at random moments, and what is left of them.

    python -m tests.faults 50

A story is one folder: crawls of the replica's portals killed one after the other, one left alone to
its end, then builds killed one after the other and one left alone. Its archive has to say the same
as that of a crawl and a build that nobody disturbed.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.server import Replica
from tests.faults.killing import PROGRAM, run_killed

QUICK = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False")
SAID = ("agencies", "requests", "review_litigation", "active_disclosure", "active_disclosure_2019",
        "sections", "cell_notes", "checks")  # fmt: skip
"""Tables that have to be the same row by row."""


@dataclass
class Figures:
    """What was done to crawls and builds, and what was found afterwards."""

    crawls_killed: int = 0
    builds_killed: int = 0
    stories: int = 0
    answered: int = 0
    kept: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the figures for a person."""
        yield (
            f"{self.crawls_killed} crawls and {self.builds_killed} builds killed "
            f"in {self.stories} stories"
        )
        yield f"{self.answered} requests answered, {self.kept} answers kept"
        yield from self.wrong or [
            "nothing lost, nothing undone, every archive equal, all integrity ok"
        ]


class Story:
    """One folder of originals with its archive."""

    def __init__(self, folder: Path, replica: Replica, sites: Sequence[str]) -> None:
        self.folder = folder
        self.sites = sites
        self.replica = replica
        self.db = folder / "archive.db"
        folder.mkdir()

    def crawl(self) -> Sequence[str]:
        """The command that crawls."""
        settings = [word for setting in QUICK for word in ("-s", setting)]
        return ["crawl", *self.sites, "--proxy", self.replica.url, *settings]

    def run(self, words: Sequence[str], seconds: float | None = None) -> bool:
        """Run a command, and kill it with all its children after so many seconds; tell whether."""
        return run_killed([*PROGRAM, *words], seconds, self.folder)

    def said(self) -> dict[str, object]:
        """What the archive says, without the times of fetching."""
        with closing(sqlite3.connect(self.db)) as conn:
            tables: dict[str, object] = {
                name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=str)
                for name in SAID
            }
            tables["reports"] = conn.execute(
                "SELECT id, agency_id, year, form, title, published_on, status FROM reports ORDER BY id"
            ).fetchall()
            # Of equal copies the one that was seen first stands, and a kill may turn that round:
            # all addresses of a report are compared, whichever of them stands.
            tables["copies"] = conn.execute(
                "SELECT report_id, digest, url FROM revisions UNION"
                " SELECT report_id, digest, url FROM copies ORDER BY 1, 3, 2"
            ).fetchall()
            # One portal answers by two names: by which one an image is asked for hangs on the order.
            tables["addresses"] = conn.execute(
                "SELECT DISTINCT url, status, digest FROM snapshots"
                " WHERE status <> 304 AND outcome IS NOT 'part' ORDER BY 1, 2"
            ).fetchall()
            tables["integrity"] = conn.execute("PRAGMA integrity_check").fetchall()
        return tables

    def kept(self) -> list[str]:
        """The id of every answer in the index; each can be read."""
        with Snapshots(self.folder / "snapshots") as snapshots:
            found = list(snapshots.all())
            for snapshot in found:
                if len(snapshots.body(snapshot)) != snapshot.bytes:
                    raise AssertionError(f"{snapshot.url} is not what was kept")
        return [snapshot.id for snapshot in found]

    def index(self) -> tuple[str, ...]:
        """What SQLite says of the index, and the ids in it, as a kill left them."""
        path = self.folder / "snapshots" / "index.db"
        if not path.exists():
            return ()
        with closing(sqlite3.connect(path)) as conn:
            if conn.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise AssertionError("the index is broken")
            there = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'snapshots'").fetchone()
            rows = conn.execute("SELECT id FROM snapshots").fetchall() if there else []
        return tuple(key for (key,) in rows)


def kill_many(folder: Path, kills: int, seed: int, sites: Sequence[str]) -> Figures:
    """Kill so many crawls and builds, in stories of two to six kills."""
    dice, figures = random.Random(seed), Figures()
    with Replica() as replica:
        calm = Story(folder / "calm", replica, sites)
        started = time.monotonic()
        calm.run(calm.crawl())
        crawl_seconds = time.monotonic() - started
        started = time.monotonic()
        calm.run(["build"])
        build_seconds = time.monotonic() - started
        expected = calm.said()
        while figures.crawls_killed + figures.builds_killed < kills:
            figures.stories += 1
            story = Story(folder / str(figures.stories), replica, sites)
            left = kills - figures.crawls_killed - figures.builds_killed
            try:
                _crawl_killed(story, dice, crawl_seconds, min(left, dice.randint(1, 4)), figures)
                left = kills - figures.crawls_killed - figures.builds_killed
                for _ in range(min(left, dice.randint(1, 2))):
                    figures.builds_killed += story.run(
                        ["build"], dice.uniform(0.3, 1) * build_seconds
                    )
                story.run(["build"])
            except AssertionError as problem:
                figures.wrong.append(f"story {figures.stories}: {problem}")
                continue
            found = story.said()
            figures.wrong += [
                f"story {figures.stories}: {name} differs"
                for name in expected
                if found[name] != expected[name]
            ]
    return figures


def _crawl_killed(
    story: Story, dice: random.Random, seconds: float, kills: int, figures: Figures
) -> None:
    story.replica.requests.clear()
    committed: set[str] = set()
    for _ in range(kills):
        figures.crawls_killed += story.run(story.crawl(), dice.uniform(0.2, 1) * seconds)
        committed |= set(story.index())
    story.run(story.crawl())
    story.run(["snapshots", "verify"])  # ends with 1 where the chain of manifests is broken
    kept = story.kept()
    if lost := committed - set(kept):
        raise AssertionError(f"{len(lost)} answers are lost")
    figures.answered += len(story.replica.requests)
    figures.kept += len(kept)
