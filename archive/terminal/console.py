"""The command line in the language of its reader.

Commands name their texts by key. Help, output and errors are looked up in `locale/` when they are
printed, in the language that `--lang`, the settings file or the environment asks for. The texts of
click itself ("Usage:", "No such option") follow by way of gettext: see `speak`.
"""

from __future__ import annotations

import gettext
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from io import TextIOWrapper
from typing import Any, TypeVar

import click

from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.text_width import pad, width, wrap
from gongkai.catalogue import (
    LOCALES,
    Language,
    choose_language,
    language_of_process,
    stored_text,
    text,
)
from gongkai.credentials import mask_text
from gongkai.errors import GongkaiError, reason_of
from gongkai.logs import LOG_DATEFORMAT, LOG_FORMAT
from gongkai.messages import Message, Value

F = TypeVar("F", bound=Callable[..., Any])

_LANGUAGE = "gongkai.language"
_VERBOSITY = "gongkai.verbosity"
_CLICK = "click"
MAX_SHOWN_CHARS = 200
SURROGATE = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that are no text."""


def language() -> Language:
    """Return the language of the running command, outside of one that of the process."""
    context = click.get_current_context(silent=True)
    chosen: Language | None = context.meta.get(_LANGUAGE) if context else None
    return chosen or language_of_process()


def speak(context: click.Context, lang: Language) -> None:
    """Choose the language of a command and of the commands below it.

    click's own texts come from gettext, which reads the variable LANGUAGE of the process.
    """
    context.meta[_LANGUAGE] = lang
    choose_language(lang)
    os.environ["LANGUAGE"] = LOCALES[lang]
    gettext.bindtextdomain(_CLICK, str(files("gongkai") / "locale"))
    gettext.textdomain(_CLICK)


def render(key: str | Message, /, **params: Value) -> str:
    """Return a text in the language of the running command. Raises UnknownText."""
    return text(language(), key, **params)


def echo(key: str | Message, /, *, err: bool = False, **params: Value) -> None:
    """Print a text in the language of the running command, `err` on standard error."""
    click.echo(render(key, **params), err=err)


def echo_next(key: str, /, **params: Value) -> None:
    """Say on a terminal what to do next; a script or a log has no use for it."""
    if sys.stderr.isatty():
        echo(key, err=True, **params)


def echo_error(problem: GongkaiError) -> None:
    """Print an error as the one that ends a command is printed, and go on."""
    CommandError(problem.message, problem.exit_code).show()


class CommandError(click.ClickException):
    """What ends a command: one line on standard error, and an exit code."""

    def __init__(self, message: Message, exit_code: int) -> None:
        super().__init__(render(message))
        self.code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click has a class variable there
        """The exit code of the error."""
        return self.code


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn expected errors into one line and an exit code; others keep their traceback."""
    try:
        yield
    except GongkaiError as problem:
        raise CommandError(problem.message, problem.exit_code) from problem
    except click.MissingParameter as problem:  # click ends it with an English full stop
        what = problem.format_message().rstrip(".")
        raise click.UsageError(render("sentence", text=what), problem.ctx) from problem
    except BrokenPipeError:
        raise  # click ends without a message when the reader of our output is gone
    except OSError as problem:
        error = system_error(problem)
        raise CommandError(error.message, error.exit_code) from problem
    except UnicodeEncodeError as problem:
        name = str(problem.object)[:MAX_SHOWN_CHARS]
        if not SURROGATE.search(name) and not _is_of_system(problem.encoding):
            raise  # else: names of files and arguments that are no text in our encoding
        error = ArchiveError("name_is_no_text", name=_shown_name(name))
        raise CommandError(error.message, error.exit_code) from problem


def _is_of_system(encoding: str) -> bool:
    """Return whether an encoding is that of the names of files, and cannot write every sign.

    In a locale of GBK the system reads names that Python cannot write again, such as one in UTF-8.
    """
    return encoding == sys.getfilesystemencoding() != "utf-8"


def _shown_name(name: str) -> str:
    """Return a name as it can be printed, its bytes read as GBK where they are no text."""
    try:
        return os.fsencode(name).decode("gb18030", "replace")
    except UnicodeEncodeError:
        encoding = sys.getfilesystemencoding()
        return name.encode(encoding, "replace").decode(encoding, "replace")


def print_any_text() -> None:
    """Print a sign that the terminal cannot show as ?, in place of ending with a traceback.

    GBK, the encoding of many Chinese terminals, has no ✗.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def system_error(problem: OSError) -> ArchiveError:
    """Return an error that says what the system refused, and for which file."""
    why = reason_of(problem)
    if problem.filename and problem.strerror:
        return ArchiveError("system_error_of_file", path=str(problem.filename), why=why)
    return ArchiveError("system_error", why=why)


def scrapy_log_level() -> dict[str, str]:
    """Return the Scrapy setting for the log of a site, as verbose as the running command."""
    context = click.get_current_context(silent=True)
    verbosity = context.meta.get(_VERBOSITY, 0) if context else 0
    return {"LOG_LEVEL": "DEBUG" if verbosity > 1 else "INFO"} if verbosity else {}


def log_to_terminal(context: click.Context, verbosity: int) -> None:
    """Send log records to standard error.

    These are warnings; with a verbosity of 1 also our records of level INFO, with 2 all records.
    """
    context.meta[_VERBOSITY] = verbosity
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, _EchoHandler):
            root.removeHandler(handler)
    handler = _EchoHandler()
    handler.setFormatter(logging.Formatter(LOG_FORMAT, LOG_DATEFORMAT))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbosity > 1 else logging.WARNING)
    logging.getLogger("gongkai").setLevel(logging.INFO if verbosity == 1 else logging.NOTSET)


class _EchoHandler(logging.Handler):
    """Writes to whatever standard error is at the moment of the record."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        click.echo(mask_text(self.format(record)), err=True)


class HelpFormatter(click.HelpFormatter):
    """Help in columns where a Chinese character is two columns wide."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called, with the colon of the language."""
        super().write_usage(prog, args, render("usage_prefix") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section with the colon of the language."""
        self.write(f"{'':>{self.current_indent}}{render('help_heading', heading=heading)}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs; one that begins with spaces stays as it is."""
        indent = " " * self.current_indent
        room = max(self.width - self.current_indent, 20)
        paragraphs = [
            [paragraph] if paragraph.startswith(" ") else wrap(paragraph, room)
            for paragraph in text.split("\n\n")
        ]
        self.write(
            "\n".join("".join(f"{indent}{line}\n" for line in lines) for lines in paragraphs)
        )

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms and what they mean in two columns."""
        rows = list(rows)
        left = min(max(width(term) for term, _ in rows), col_max) + col_spacing
        indent = " " * self.current_indent
        room = max(self.width - left - self.current_indent, 20)
        for term, meaning in rows:
            lines = wrap(meaning, room)
            if width(term) > left - col_spacing:
                self.write(f"{indent}{term}\n")
                term = ""
            for line in lines:
                self.write(f"{indent}{pad(term, left)}{line}".rstrip() + "\n")
                term = ""


class Context(click.Context):
    """A context whose help is written by our formatter."""

    formatter_class = HelpFormatter


class _HelpByKey:
    """Holds the keys of help texts, and looks the texts up whenever they are printed."""

    _help_key: str | None = None
    _short_key: str | None = None

    @property
    def help(self) -> str | None:
        """The help in the language of the running command."""
        return render(self._help_key) if self._help_key else None

    @help.setter
    def help(self, key: str | None) -> None:
        self._help_key = key

    @property
    def short_help(self) -> str | None:
        """The line in the list of commands, in the language of the running command."""
        return render(self._short_key) if self._short_key else None

    @short_help.setter
    def short_help(self, key: str | None) -> None:
        self._short_key = key


_METAVARS = {
    "INTEGER": "metavar_integer",
    "INTEGER RANGE": "metavar_integer",
    "FLOAT RANGE": "metavar_number",
    "PATH": "metavar_path",
    "TEXT": "metavar_text",
}
"""What click calls the values of options, and the keys of our words for them."""


class Option(_HelpByKey, click.Option):
    """An option whose help is the key of a text."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what the value of the option is called in the language of the running command."""
        name = super().make_metavar(ctx)
        return render(_METAVARS[name]) if name in _METAVARS and not self.metavar else name


class Command(_HelpByKey, click.Command):
    """A command whose help and short help are keys of texts."""

    context_class = Context

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return how the command is called, the words for its parts in the language of the reader."""
        words = {"[OPTIONS]": "usage_options", "COMMAND [ARGS]...": "usage_command"}
        return [
            render(words[piece]) if piece in words else piece
            for piece in super().collect_usage_pieces(ctx)
        ]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help; click keeps the option, and the language may be another one by now."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = gettext.gettext("Show this message and exit.")
        return option


class Group(Command, click.Group):
    """A group of such commands, listed in the order in which they were added."""

    command_class = Command

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they are used."""
        return list(self.commands)


Group.group_class = Group


def command(
    name: str | None = None, *, help: str, short_help: str
) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command; `help` and `short_help` are keys of texts."""
    return click.command(name, cls=Command, help=help, short_help=short_help)


def group(*, help: str, short_help: str) -> Callable[[Callable[..., Any]], Group]:
    """Make a function a group of commands; `help` and `short_help` are keys of texts."""
    return click.group(cls=Group, help=help, short_help=short_help)


def option(*names: str, help: str, **attributes: Any) -> Callable[[F], F]:
    """Add an option to a command; `help` is the key of a text."""
    return click.option(*names, cls=Option, help=help, **attributes)


def render_stored(stored: str | Message) -> str:
    """Return the text of a message, stored or not; text that is no message stays as it is."""
    return render(stored) if isinstance(stored, Message) else stored_text(language(), stored)
