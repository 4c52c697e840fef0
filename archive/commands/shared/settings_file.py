"""The settings file: the values that options have where neither command line nor environment says more.

db = "/srv/gongkai/archive.db"      # for every command that has the option --db

[scrapy]                            # as -s NAME=VALUE
GONGKAI_CONTACT = "archive@example.org"

[nightly]                           # for `gongkai nightly` alone
publish = "/srv/gongkai/public"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from gongkai.archive.errors import ArchiveError

DEFAULT_FILE = Path("gongkai.toml")
"""Read from the working directory where `--config` names no other."""

_SCRAPY = "scrapy"
_SCRAPY_OPTION = "-s"


def read_defaults(path: Path, group: click.Group) -> dict[str, Any]:
    """Return the values of a file in the form that click takes them: by command and parameter.

    Raises:
        ArchiveError: the file cannot be read, or has a name that no option or command has.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise ArchiveError("config_missing", path=str(path)) from problem
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ArchiveError("config_unreadable", path=str(path), why=str(problem)) from problem
    known = {name for command in _with_commands(group) for name in _parameters(command)}
    unknown = _unknown(content, group, known - {_SCRAPY_OPTION} | {_SCRAPY})
    if unknown:
        raise ArchiveError("config_names_unknown", path=str(path), names=", ".join(unknown))
    return _defaults(group, content, {})


def _defaults(
    command: click.Command, table: Mapping[str, Any], common: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values for a command and those below it; its own table wins over what is common."""
    values = {**common, **table}
    scrapy = {**common.get(_SCRAPY, {}), **table.get(_SCRAPY, {})}
    values[_SCRAPY] = scrapy
    found: dict[str, Any] = {}
    lists = {
        each.name for each in command.params if isinstance(each, click.Option) and each.multiple
    }
    for name, parameter in _parameters(command).items():
        if name == _SCRAPY_OPTION:
            found[parameter] = [f"{key}={value}" for key, value in scrapy.items()]
        elif name in values and not isinstance(values[name], dict):
            is_single = parameter in lists and isinstance(values[name], str)
            found[parameter] = [values[name]] if is_single else values[name]
    for child in _children(command):
        # `snapshots` is a command and, as a plain value, the option --snapshots
        own = table.get(child.name or "", {})
        found[child.name or ""] = _defaults(child, own if isinstance(own, dict) else {}, values)
    return found


def _parameters(command: click.Command) -> dict[str, str]:
    """Return the names that options have in a file, with those of their parameters.

    An option --at-once is `at_once`; -s is itself.
    """
    found = {}
    for parameter in command.params:
        for written in (*parameter.opts, *parameter.secondary_opts):
            if written == _SCRAPY_OPTION or written.startswith("--"):
                name = written.removeprefix("--").replace("-", "_") if "--" in written else written
                found[name] = parameter.name or name
    return found


def _unknown(content: Mapping[str, Any], command: click.Command, known: set[str]) -> list[str]:
    """Return the names in a file that are neither a known option nor a command."""
    children = {child.name: child for child in _children(command)}
    unknown = []
    for name, value in content.items():
        if isinstance(value, dict) and name in children:
            child = children[name]
            own = {key for each in _with_commands(child) for key in _parameters(each)}
            inner = _unknown(value, child, own | {_SCRAPY})
            unknown += [f"{name}.{each}" for each in inner]
        elif name not in known:
            unknown.append(name)
    return unknown


def _children(command: click.Command) -> list[click.Command]:
    return list(command.commands.values()) if isinstance(command, click.Group) else []


def _with_commands(command: click.Command) -> Iterator[click.Command]:
    """Yield a command and all below it."""
    yield command
    for child in _children(command):
        yield from _with_commands(child)
