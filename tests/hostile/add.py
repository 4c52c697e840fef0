"""`gongkai add` on hostile files, as an operator would: `python -m tests.hostile.add [NAME…]`.

Of every file a line says how long it took, the most memory that the command and all its children
held together, and what was printed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.hostile.measure import FILES

GONGKAI = Path(sys.executable).with_name("gongkai")
_EVERY = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Added:
    """How the command ended; `mib` is the peak of the whole tree of processes."""

    name: str
    code: int
    lines: tuple[str, ...]
    seconds: float
    mib: int


def added(name: str, folder: Path) -> Added:
    """Write one hostile file into `folder` and add it to an archive there."""
    file = folder / name
    file.write_bytes(FILES[name]())
    kept = ["--db", folder / "a.db", "--snapshots", folder / "originals"]
    command = [str(word) for word in (GONGKAI, "add", file, *kept)]
    started, peak = time.monotonic(), 0
    with (folder / "printed").open("w+b") as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=printed)
        while process.poll() is None:
            peak = max(peak, held(process.pid))
            time.sleep(_EVERY)
        printed.seek(0)
        lines = printed.read().decode("utf-8").splitlines()
    seconds = round(time.monotonic() - started, 1)
    return Added(name, process.returncode, tuple(lines), seconds, peak // 1024)


def held(root: int) -> int:
    """KiB that a process and its descendants hold; what they share counts once."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        parents[int(status.parent.name)] = int(fields[1])
    tree = {root}
    for _ in range(8):
        tree |= {child for child, parent in parents.items() if parent in tree}
    return sum(proportional(pid) for pid in tree)


def proportional(pid: int) -> int:
    """KiB of one process, its part of what it shares with others."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(x.split()[1]) for x in rollup.splitlines() if x.startswith("Pss:")), 0)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or FILES:
        with tempfile.TemporaryDirectory() as place:
            print(json.dumps(asdict(added(wanted, Path(place))), ensure_ascii=False), flush=True)
