"""`make bench-scale`: what nights, publications and pages cost at two sizes of an archive, and how it grows.

SIZES names the two numbers of reports. LARGEST names a third one, of which only build, publish and ten pages
are measured. FOLDER keeps the countries and every figure: a run that was stopped goes on with the step that
was not measured yet, and `results.json` below a size says what was. READERS=0 leaves out the load.

Seconds are those of the processor. The exponent is 1 where a step takes ten times as long with ten times the
reports, and 0 where it does not grow.
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
from typing import Any

SIZES = os.environ.get("SIZES", "5000 20000")
LARGEST = int(os.environ.get("LARGEST", "0"))
KEPT = os.environ.get("FOLDER", "")
HAS_READERS = os.environ.get("READERS", "1") != "0"

STEPS = (
    ("make it", "make"),
    ("publish, the first time", "publish"),
    ("pages", "pages"),
    ("build, nothing new", "build"),
    ("keep one new report", "fetch_new"),
    ("build, one new report", "build"),
    ("publish, one new report", "publish"),
    ("keep a new version of it", "fetch_changed"),
    ("build, one changed report", "build"),
    ("publish, one changed report", "publish"),
    ("keep 200 changed reports", "fetch_many"),
    ("build, 200 changed reports", "build"),
    ("publish, 200 changed reports", "publish"),
    ("open the originals, runs, remarks", "open_folder"),
    ("status", "status"),
    ("sizes", "weigh"),
)
FEW_STEPS = tuple(
    (name, "few_pages" if step == "pages" else step)
    for name, step in STEPS
    if step not in ("fetch_many", "status", "open_folder") and "200" not in name
)
NOISE = 0.02
"""Seconds below which an exponent says nothing."""
LIMIT = 0.1
"""Seconds that a page may take."""

Taken = dict[str, Any]


def measure(step: str, folder: Path, reports: int) -> Taken:
    """Return seconds of the processor and the clock, and megabytes, of a step in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.scale_steps", step, str(folder), str(reports)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    taken: Taken = json.loads(ran.stdout.splitlines()[-1])
    return taken


def measure_country(folder: Path, reports: int, steps: tuple[tuple[str, str], ...]) -> Taken:
    """Return what the steps took; what was measured before is not measured again."""
    folder.mkdir(parents=True, exist_ok=True)
    results = folder / "results.json"
    taken: Taken = json.loads(results.read_text()) if results.exists() else {}
    for name, step in steps:
        if name in taken or (step == "make" and (folder / "archive.db").exists()):
            continue
        taken[name] = measure(step, folder, reports)
        results.write_text(json.dumps(taken, ensure_ascii=False, indent=1))
        print(f"  {reports:>9,}  {name:<36} {taken[name]['seconds']:9.2f} s", flush=True)
    return taken


def exponent(small: float, large: float, ratio: float, noise: float = NOISE) -> str:
    """Return how a figure grows with the number of reports."""
    if small < noise and large < noise:
        return "–"
    return f"{log(max(large, noise) / max(small, noise)) / log(ratio):.2f}"


def show_steps(taken: list[Taken], sizes: list[int]) -> None:
    """Print the steps of a night side by side, with the most memory that each took."""
    print(f"\n{'':<36}" + "".join(f"{size:>14,}" for size in sizes) + "  exponent   memory, MB")
    for name in (name for name in taken[0] if all(name in each for each in taken[:2])):
        if name == "pages":
            continue
        there = [each[name] for each in taken if name in each]
        seconds = "".join(f"{each['seconds']:12.2f} s" for each in there)
        seconds = seconds.ljust(14 * len(sizes))
        grows = exponent(there[0]["seconds"], there[1]["seconds"], sizes[1] / sizes[0])
        memory = "".join(f"{each['megabytes']:7.0f}" for each in there)
        print(f"{name:<36}{seconds} {grows:>9}  {memory}")


def show_figures(taken: list[Taken], sizes: list[int]) -> None:
    """Print what the steps counted: sizes on disk and what was written."""
    print()
    for name in (name for name in taken[0] if name != "pages"):
        for figure in taken[0][name]["figures"]:
            there = [each[name]["figures"].get(figure, 0.0) for each in taken if name in each]
            values = "".join(f"{value:14,.1f}" for value in there).ljust(14 * len(sizes))
            grows = exponent(there[0], there[1], sizes[1] / sizes[0], 1.0) if there[1:] else "–"
            print(f"{f'{name}: {figure}':<50}{values} {grows:>9}")


def show_pages(taken: list[Taken], sizes: list[int]) -> None:
    """Print the pages in milliseconds, the slowest first, and which are slower than they may be."""
    found = [each.get("pages", {}).get("figures", {}) for each in taken]
    small, large = found[:2]
    print(
        f"\n{'milliseconds of the processor':<44}"
        + "".join(f"{size:>12,}" for size in sizes)
        + "  exponent"
    )
    slow = []
    for name in sorted(large, key=lambda name: -large[name]):
        if name not in small:
            continue
        if name.endswith("MB"):
            print(f"{name:<44}{small[name]:9.0f} MB{large[name]:9.0f} MB")
            continue
        values = "".join(f"{each[name] * 1000:9.1f} ms" for each in found if name in each)
        grows = exponent(small[name], large[name], sizes[1] / sizes[0])
        print(f"{name:<44}{values.ljust(12 * len(sizes))} {grows:>9}")
        if large[name] > LIMIT and name not in ("start", "switch"):
            slow.append(name)
    print(f"over {LIMIT * 1000:.0f} ms at {sizes[1]:,}: {'; '.join(slow) or 'none'}")


def show_readers(folder: Path) -> None:
    """Print what readers see who ask all at once."""
    print(f"\nreaders of {folder.name} reports", flush=True)
    environment = os.environ | {"SITE": str(folder / "site")}
    subprocess.run([sys.executable, "-m", "tests.benchmarks.load"], check=True, env=environment)


def main() -> None:
    """Measure the sizes and print them side by side."""
    sizes = [int(size) for size in SIZES.split()]
    with ExitStack() as stack:
        folder = Path(KEPT or stack.enter_context(tempfile.TemporaryDirectory()))
        taken = [measure_country(folder / str(size), size, STEPS) for size in sizes]
        if LARGEST:
            sizes.append(LARGEST)
            taken.append(measure_country(folder / str(LARGEST), LARGEST, FEW_STEPS))
        show_steps(taken, sizes)
        show_figures(taken, sizes)
        show_pages(taken, sizes)
        for size in sizes[:2] if HAS_READERS else ():
            show_readers(folder / str(size))


if __name__ == "__main__":
    main()
