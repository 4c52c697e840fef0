"""Changing a registry file: entries added, replaced and removed, everything else left as it is.

The file is a person's: its comments and the order of its entries stay. Each change replaces the file
in one step, under a lock, and only where the result reads as meant.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

from filelock import FileLock

from gongkai.crawler.sites.registry import REQUIRED_FIELDS, RegistryError, Site, read_registry

OPTIONAL_FIELDS = (
    "cms", "min_reports", "hosts", "delay", "verify_tls", "old_tls", "window", "max_pages",
    "parent", "enabled", "former_urls", "render",
)  # fmt: skip
HEADER = re.compile(r"^[ \t]*+\[[ \t]*+[\"']?([a-z][a-z0-9_-]{0,39})[\"']?[ \t]*+\]", re.M)


def format_entry(site: Site, note: str) -> str:
    """Return a site as lines of a registry: the values that are not the default.

    `note` becomes a comment beside `min_reports`.
    """
    defaults = {field.name: field.default for field in fields(Site)}
    lines = [f"[{site.id}]"]
    lines += [f"{name} = {_toml(getattr(site, name))}" for name in REQUIRED_FIELDS]
    for name in OPTIONAL_FIELDS:
        value = getattr(site, name)
        if name == "min_reports" and note:
            lines.append(f"{name} = {value}  # {note}")
        elif value != defaults[name]:
            lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def register_site(path: Path, site: Site, note: str) -> None:
    """Add a site to the end of a registry file, which is created where it does not exist.

    Raises:
        RegistryError: The registry would not be valid with the entry, or has one of this id.
        OSError: The file cannot be written.
    """

    def add(before: str) -> str:
        gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
        return before + gap + format_entry(site, note)

    with _changed(path, add) as expected:
        if site.id in expected:
            raise RegistryError("site_id_taken", site=site.id, url=expected[site.id].url)
        expected[site.id] = site


def enable_site(path: Path, site: Site, enabled: bool) -> None:
    """Write in a registry file whether a site is crawled.

    A site that stands in another file, such as the packaged one, gets an entry here that replaces
    it.

    Raises:
        RegistryError: The file cannot be changed without a loss.
        OSError: The file cannot be written.
    """
    wanted = replace(site, enabled=enabled)
    if not path.is_file() or site.id not in read_registry(path):
        register_site(path, wanted, "")
        return

    def change(before: str) -> str:
        start, end = _span(before, site.id, path)
        entry = re.sub(r"^[ \t]*enabled[ \t]*=[^\n]*\n?", "", before[start:end], flags=re.M)
        if not enabled:
            header, _, rest = entry.partition("\n")
            entry = f"{header}\nenabled = false\n{rest}"
        return before[:start] + entry + before[end:]

    with _changed(path, change) as expected:
        expected[site.id] = wanted


def remove_site(path: Path, site_id: str) -> None:
    """Remove an entry from a registry file, with the comments directly above it.

    Raises:
        RegistryError: The entry does not stand in the file, or cannot be taken out without a loss.
        OSError: The file cannot be written.
    """

    def change(before: str) -> str:
        start, end = _span(before, site_id, path)
        above = _start_of_comments(before, start)
        start = above or start  # the comment at the head of a file is not that of its first entry
        return before[:start] + before[end:]

    with _changed(path, change) as expected:
        expected.pop(site_id, None)


@contextmanager
def _changed(path: Path, change: Callable[[str], str]) -> Iterator[dict[str, Site]]:
    """Change the text of a file; the block says what its entries are to be afterwards.

    Raises:
        RegistryError: The changed text is no registry, or not the one that is meant.
    """
    with FileLock(path.with_name(f".{path.name}.lock"), fallback_to_soft=False):
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        expected = read_registry(path) if path.exists() else {}
        yield expected
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            draft.write_text(change(before), encoding="utf-8")
            if not _reads_as(draft, expected):
                raise RegistryError("registry_not_changed", path=str(path))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _reads_as(draft: Path, expected: dict[str, Site]) -> bool:
    try:
        return read_registry(draft) == expected
    except RegistryError:
        return False


def _span(text: str, site_id: str, path: Path) -> tuple[int, int]:
    """Return where the entry of a site begins and ends in the text of a registry.

    Raises:
        RegistryError: There is no such table.
    """
    headers = [(found.start(), found[1]) for found in HEADER.finditer(text)]
    for at, (start, name) in enumerate(headers):
        if name == site_id:
            end = headers[at + 1][0] if at + 1 < len(headers) else len(text)
            if at + 1 < len(headers):
                end = _start_of_comments(text, end)  # the comments above the next entry are its own
            return start, end
    raise RegistryError("registry_not_changed", path=str(path))


def _start_of_comments(text: str, end: int) -> int:
    """Return where the lines of comments begin that stand directly above a place; the place if none."""
    for line in reversed(text[:end].splitlines(keepends=True)):
        if not line.lstrip(" \t").startswith("#"):
            break
        end -= len(line)
    return end


def _toml(value: object) -> str:
    """Return a TOML value; its strings, numbers and lists are written as in JSON."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
