"""`make bench`: runs every benchmark of this folder, or those named.

A benchmark is a module `bench_*.py` with a `main()` that prints its lines. What takes hours (`scale`, `year`)
is run where it is named alone. Figures are ratios
against a baseline measured in the same run: this machine's seconds mean nothing on another.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

LONG = ("scale", "year", "load")


def main() -> None:
    """Run the benchmarks, in the order of their names."""
    wanted = sys.argv[1:]
    for name in wanted:
        if name in LONG:
            import_module(f"tests.benchmarks.{name}").main()
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if not wanted or name in wanted:
            print(f"\n== {name}", flush=True)
            import_module(f"tests.benchmarks.{path.stem}").main()


if __name__ == "__main__":
    main()
