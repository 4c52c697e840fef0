"""Portals that could not be entered, or wait for it: a CSV file beside the registry, one line each.

The file only remembers. Deleting it, or a line of it, has the portal tried again.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from pathlib import Path

from filelock import FileLock

from gongkai.crawler.sites.portals import Portal, host_key, level_of_code, portals_by_host
from gongkai.crawler.sites.registry import RegistryError, netloc
from gongkai.errors import reason_of

NAMED = "named"


@dataclass(frozen=True, slots=True)
class Failure:
    """A portal that was probed and not entered, or that waits to be probed.

    `on` is the day in UTC, `outcome` one word for what was met, `why` the stored form of a message.
    A department that the pages of a portal name, and that was not probed yet, has the outcome `NAMED`.
    """

    code: str
    name: str
    url: str
    on: str
    outcome: str
    why: str

    @property
    def host(self) -> str:
        """Host of the address without www."""
        return host_key(netloc(self.url))

    def is_due(self, today: date, retry_days: int) -> bool:
        """Return whether the portal may be asked again, `retry_days` after it was asked."""
        return self.is_waiting or date.fromisoformat(self.on) + timedelta(retry_days) <= today

    @property
    def is_waiting(self) -> bool:
        """Whether the portal was never probed."""
        return self.outcome == NAMED

    @property
    def portal(self) -> Portal:
        """The portal, which the table of known ones need not have."""
        known = portals_by_host().get(self.host)
        level = level_of_code(self.code)
        return known or Portal(self.code, self.name, level, "department", self.url)


def failure_of(portal: Portal, on: date, outcome: str, why: str) -> Failure:
    """Return the failure of a portal."""
    return Failure(portal.code, portal.name, portal.url, on.isoformat(), outcome, why)


def failures_path(registry: Path) -> Path:
    """Return where the failures of a registry file are kept.

    >>> failures_path(Path("sites.toml"))
    PosixPath('sites.failed.csv')
    """
    return registry.with_suffix(".failed.csv")


def read_failures(path: Path) -> dict[str, Failure]:
    """Return the failures by host without www, none where there is no file.

    Raises:
        RegistryError: The file cannot be read.
    """
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as source:
            found = [Failure(**row) for row in csv.DictReader(source)]
        for each in found:
            date.fromisoformat(each.on)
        return {each.host: each for each in found}
    except (OSError, UnicodeDecodeError, csv.Error, TypeError, ValueError) as problem:
        raise RegistryError(
            "failures_unreadable", path=str(path), why=reason_of(problem)
        ) from problem


def note_failure(path: Path, failure: Failure) -> None:
    """Keep a failure in place of an earlier one of the same portal.

    Raises:
        RegistryError: The file cannot be read.
        OSError: The file cannot be written.
    """
    with _lock(path):
        _write(path, read_failures(path) | {failure.host: failure})


def forget_failures(path: Path, hosts: Iterable[str]) -> None:
    """Remove the failures of portals that are entered now, by host without www.

    Raises:
        RegistryError: The file cannot be read.
        OSError: The file cannot be written.
    """
    gone = set(hosts)
    if not path.exists():
        return
    with _lock(path):
        before = read_failures(path)
        after = {host: each for host, each in before.items() if host not in gone}
        if after != before:
            _write(path, after)


def _lock(path: Path) -> FileLock:
    return FileLock(path.with_name(f".{path.name}.lock"), fallback_to_soft=False)


def _write(path: Path, failures: Mapping[str, Failure]) -> None:
    if not failures:
        path.unlink(missing_ok=True)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(
                target, [field.name for field in fields(Failure)], lineterminator="\n"
            )
            writer.writeheader()
            writer.writerows(
                asdict(each) for each in sorted(failures.values(), key=lambda f: (f.code, f.url))
            )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
