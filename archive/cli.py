"""The command line: `gongkai COMMAND`.

    crawl    fetch the portals and keep every original
    build    read what is new into the archive
    nightly  crawl, build, check, publish: one screen, and an exit code for the scheduler

Exit codes: 0 well, 1 something needs a person, 2 it could not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from gongkai.archive.commands.add import add
from gongkai.archive.commands.build import build
from gongkai.archive.commands.check import check
from gongkai.archive.commands.crawl import crawl
from gongkai.archive.commands.demo import demo
from gongkai.archive.commands.export import export
from gongkai.archive.commands.nightly import nightly
from gongkai.archive.commands.publish import publish
from gongkai.archive.commands.review import review
from gongkai.archive.commands.serve import serve
from gongkai.archive.commands.show import show
from gongkai.archive.commands.sites import sites
from gongkai.archive.commands.snapshot import snapshot
from gongkai.archive.commands.snapshots import snapshots
from gongkai.archive.commands.status import status
from gongkai.archive.errors import ArchiveError
from gongkai.catalogue import language_of_environment, text
from gongkai.errors import GongkaiError


class CannotRun(click.ClickException):
    """One line on standard error, and exit code 2."""

    exit_code = 2


class Gongkai(click.Group):
    """Turns what a person can do something about into one line; anything else stays a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ArchiveError as problem:
            raise CannotRun(str(problem)) from problem
        except GongkaiError as problem:
            raise CannotRun(text(language_of_environment(), problem.message)) from problem
        except BrokenPipeError:
            raise  # click ends quietly when the reader of our output has gone
        except OSError as problem:
            raise CannotRun(_explained(problem)) from problem

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Give the commands in the order in which they are used."""
        return list(self.commands)


def _explained(problem: OSError) -> str:
    """Say what the system refused, and to which file."""
    if not problem.strerror:
        return str(problem)
    where = f"{problem.filename}: " if problem.filename else ""
    return f"{where}{problem.strerror}"


@click.group(cls=Gongkai, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gongkai-archive", message="%(version)s")
def main() -> None:
    """公开：政府信息公开工作年度报告档案。

    Collect the annual reports of Chinese agencies on open government information, keep every
    original, and read them into checked numbers.
    """


COMMANDS: Sequence[click.Command] = (
    crawl,
    build,
    nightly,
    sites,
    add,
    show,
    check,
    review,
    status,
    export,
    snapshot,
    snapshots,
    publish,
    serve,
    demo,
)
for _command in COMMANDS:
    main.add_command(_command)
