"""`make bench-scale`: what a night costs at two sizes of an archive, and how it grows between them.

SIZES names the two numbers of reports, FOLDER a folder in which the countries are kept for the next time.
Seconds are those of the processor. The exponent is 1 where a step takes ten times as long with ten times
the reports, and 0 where it does not grow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from math import log
from pathlib import Path

SIZES = os.environ.get("SIZES", "5000 20000")
KEPT = os.environ.get("FOLDER", "")

STEPS = (
    ("build, nothing new", "build"),
    ("keep one new report", "fetch_new"),
    ("build, one new report", "build"),
    ("keep a new version of it", "fetch_changed"),
    ("build, one changed report", "build"),
    ("open the originals, runs, remarks", "open_folder"),
    ("status", "status"),
    ("publish", "publish"),
)
NOISE = 0.02
"""Seconds below which an exponent says nothing."""


def measure(step: str, folder: Path, reports: int) -> dict[str, float]:
    """Return seconds of the processor and the clock, and megabytes, of a step in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.scale_steps", step, str(folder), str(reports)],
        check=True,
        capture_output=True,
        text=True,
    )
    taken: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return taken


def measure_country(folder: Path, reports: int) -> dict[str, dict[str, float]]:
    """Return what the steps of a night took, after the country was made once."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = {}
    if not (folder / "archive.db").exists():
        taken["make it"] = measure("make", folder, reports)
    for name, step in STEPS:
        taken[name] = measure(step, folder, reports)
        print(f"  {reports:>9,}  {name:<36} {taken[name]['seconds']:9.2f} s", flush=True)
    return taken


def exponent(small: float, large: float, ratio: float) -> str:
    """Return how a figure grows with the number of reports."""
    if small < NOISE and large < NOISE:
        return "–"
    return f"{log(max(large, NOISE) / max(small, NOISE)) / log(ratio):.2f}"


def main() -> None:
    """Measure two sizes and print them side by side."""
    small, large = (int(size) for size in SIZES.split())
    with ExitStack() as stack:
        folder = Path(KEPT or stack.enter_context(tempfile.TemporaryDirectory()))
        taken = [measure_country(folder / str(size), size) for size in (small, large)]
    print(f"\n{'':<36} {small:>12,} {large:>12,}  exponent   memory, MB")
    for name in (name for name in taken[1] if name in taken[0]):
        one, other = taken[0][name], taken[1][name]
        grows = exponent(one["seconds"], other["seconds"], large / small)
        memory = f"{one['megabytes']:6.0f} {other['megabytes']:6.0f}"
        print(
            f"{name:<36} {one['seconds']:10.2f} s {other['seconds']:10.2f} s {grows:>9}   {memory}"
        )


if __name__ == "__main__":
    main()
