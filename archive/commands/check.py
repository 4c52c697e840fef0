"""gongkai check: the failed checks."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.database import reader
from gongkai.archive.store.failed_checks_query import query_failed_checks
from gongkai.archive.terminal.console import command, language, option
from gongkai.archive.terminal.failed_checks import failed_check_lines
from gongkai.archive.terminal.report_record import find_report_id
from gongkai.publish.wording.rules import RULES


@command(help="check_help", short_help="check_short")
@click.argument("report", nargs=-1)
@options.db
@options.unused_snapshots
@option("--rule", default="", metavar="RULE", help="option_rule")
@options.as_json
def check(report: tuple[str, ...], db: Path, rule: str, as_json: bool) -> None:
    """Print the failed checks of the archive, or of one report.

    A failed check is a finding about a report: the command ends with 0.
    """
    if rule and rule not in RULES:
        raise ArchiveError("rule_unknown", rule=rule, known=", ".join(RULES))
    with reader(db) as conn:
        found = query_failed_checks(conn, rule, find_report_id(conn, report) if report else "")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(failed_check_lines(found, language())))
