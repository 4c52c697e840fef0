"""`make faults`: many kills, in a folder of its own, and their figures."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.faults.builds import kill_builds
from tests.faults.evidence import kill_evidence
from tests.faults.imports import kill_imports
from tests.faults.kills import kill_many
from tests.faults.publishing import kill_publishes
from tests.faults.releases import kill_releases


def main() -> int:
    """Kill as often as the first argument says (50), with the seed of the second."""
    given = [int(word) for word in sys.argv[1:]]
    kills, seed = (given + [50, 1][len(given) :])[:2]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        figures = kill_many(Path(name), kills, seed, ("pingluo", "weibin"))
        print("\n".join(figures.lines()), flush=True)
    with tempfile.TemporaryDirectory() as name:
        built = kill_builds(Path(name), kills, seed)
        print("\n".join(built.lines()), flush=True)
    with tempfile.TemporaryDirectory() as name:
        published = kill_publishes(Path(name), kills, seed)
        print("\n".join(published.lines()), flush=True)
    with tempfile.TemporaryDirectory() as name:
        released = kill_releases(Path(name), kills, seed)
        print("\n".join(released.lines()), flush=True)
    with tempfile.TemporaryDirectory() as name:
        proved = kill_evidence(Path(name), kills, seed)
        print("\n".join(proved.lines()), flush=True)
    with tempfile.TemporaryDirectory() as name:
        taken = kill_imports(Path(name), kills, seed)
        print("\n".join(taken.lines()))
    print(f"{time.monotonic() - started:.0f} s")
    wrong = (figures.wrong, built.wrong, published.wrong, released.wrong, proved.wrong, taken.wrong)
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
