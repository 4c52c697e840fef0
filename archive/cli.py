"""The command line: `gongkai COMMAND`.

    crawl    fetch the portals and keep every original
    build    read new originals into the archive
    nightly  crawl, build, check, publish: one screen, and an exit code for the scheduler

Exit codes: 0 all is well, 1 something needs a person, 2 it could not run.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click

from gongkai.archive.commands.shared.settings_file import DEFAULT_FILE, read_defaults
from gongkai.archive.terminal.console import (
    Group,
    Option,
    log_to_terminal,
    one_line_errors,
    option,
    print_any_text,
    speak,
)
from gongkai.catalogue import LANGUAGES, Language, language_of_environment

COMMANDS = (
    "crawl",
    "build",
    "nightly",
    "sites",
    "read",
    "add",
    "import",
    "backfill",
    "show",
    "proof",
    "check",
    "review",
    "status",
    "export",
    "snapshot",
    "snapshots",
    "publish",
    "release",
    "serve",
    "demo",
)
"""In the order in which they are listed. Each is in a module of its name below `commands`."""


class Commands(MutableMapping[str, click.Command]):
    """The commands by name, each loaded when it is asked for: all together take two seconds."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded and name in COMMANDS:
            attribute = f"{name}_" if iskeyword(name) else name
            module = import_module(f"gongkai.archive.commands.{attribute}")
            self._loaded[name] = getattr(module, attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*COMMANDS, *self._loaded)))

    def __len__(self) -> int:
        return len({*COMMANDS, *self._loaded})


class Gongkai(Group):
    """The whole command line: shows expected errors as one line; anything else is a traceback."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the options of the group, with the errors of a settings file as one line."""
        print_any_text()
        with one_line_errors():
            return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse in the language of the environment until --lang says another."""
        speak(ctx, language_of_environment())
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with one_line_errors():
            return super().invoke(ctx)


def _read_settings(
    context: click.Context, _option: click.Parameter, path: Path | None
) -> Path | None:
    if path is not None or DEFAULT_FILE.is_file():
        assert isinstance(context.command, click.Group)
        context.default_map = read_defaults(path or DEFAULT_FILE, context.command)
    return path


def _choose_language(
    context: click.Context, _option: click.Parameter, lang: Language | None
) -> Language | None:
    if lang is not None:
        speak(context, lang)
    return lang


@click.group(
    cls=Gongkai,
    commands=Commands(),
    help="gongkai_help",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="GONGKAI_CONFIG",
    is_eager=True,
    expose_value=False,
    callback=_read_settings,
    help="option_config",
)
@option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    help="option_lang",
)
@option("-v", "--verbose", count=True, envvar="GONGKAI_VERBOSE", help="option_verbose")
@click.version_option(
    package_name="gongkai-archive", message="%(version)s", cls=Option, help="option_version"
)
@click.pass_context
def main(context: click.Context, verbose: int) -> None:
    """Collect, check, search and publish annual reports on open government information."""
    log_to_terminal(context, verbose)
