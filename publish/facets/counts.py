"""Counts of a long list by what it can be narrowed by, made once for a served file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gongkai.publish.http.read_only import read_only

Chosen = Mapping[str, str]


@dataclass(frozen=True)
class Cube:
    """Rows of (value of each facet…, count). A region's row counts for all regions above it too."""

    names: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], int], ...]
    chains: Mapping[str, tuple[str, ...]]

    def counts(self, facet: str, chosen: Chosen) -> dict[str, int]:
        """Return the count of each value of a facet under all other choices."""
        place = self.names.index(facet)
        wanted = [(self.names.index(name), name, value) for name, value in chosen.items()]
        others = [each for each in wanted if each[1] != facet]
        counted: Counter[str] = Counter()
        for values, count in self.rows:
            if all(self._fits(values[at], name, value) for at, name, value in others):
                counted[values[place]] += count
        return self._upwards(counted) if facet == "region" else dict(counted)

    def _fits(self, value: str, name: str, wanted: str) -> bool:
        if name == "region":
            return wanted in self.chains.get(value, ())
        return value == wanted

    def _upwards(self, counted: Mapping[str, int]) -> dict[str, int]:
        total: Counter[str] = Counter()
        for code, count in counted.items():
            for above in self.chains.get(code, ()):
                total[above] += count
        return dict(total)


def cube_of(path: Path, names: tuple[str, ...], sql: str) -> Cube:
    """Return the cube of a served file: `sql` gives the columns `names` and the count n."""
    about = path.stat()
    return _made(path, about.st_mtime_ns, about.st_size, names, sql)


@lru_cache(maxsize=16)
def _made(path: Path, changed: int, size: int, names: tuple[str, ...], sql: str) -> Cube:
    with closing(read_only(path)) as conn:
        above = dict(conn.execute("select code, parent_code from regions"))
        columns = ", ".join(f'"{name}"' for name in names)
        found = conn.execute(f"select {columns}, sum(n) from ({sql}) group by {columns}")
        rows = tuple((tuple(str(v or "") for v in row[:-1]), row[-1]) for row in found)
    chains = {code: tuple(_chain(code, above)) for code in above}
    return Cube(names, rows, chains)


def _chain(code: str, above: Mapping[str, str | None]) -> list[str]:
    chain: list[str] = []
    at: str | None = code
    while at and at not in chain:
        chain.append(at)
        at = above.get(at)
    return chain
