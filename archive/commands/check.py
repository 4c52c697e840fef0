"""gongkai check"""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.database import reader
from gongkai.archive.store.failed_query import query_failed_checks
from gongkai.archive.terminal.failed_checks import render
from gongkai.archive.terminal.report_record import find_report_id
from gongkai.publish.wording.rules import RULES


@click.command(short_help="核对 print the failed checks")
@click.argument("report", nargs=-1)
@options.db
@options.snapshots
@click.option("--rule", default="", metavar="RULE", help="只看一条规则 one rule only.")
@options.as_json
def check(report: tuple[str, ...], db: Path, snapshots: Path, rule: str, as_json: bool) -> None:
    """列出未通过的核对（全部，或一份报告的）。

    Print the failed checks of the archive, or of one report. A failed check is a finding, not a
    fault of this program: the command ends with 0.
    """
    del snapshots  # every command takes it; checks stand in the archive
    if rule and rule not in RULES:
        raise ArchiveError(f"{rule}: 没有这条规则 no such rule; one of {', '.join(RULES)}")
    with reader(db) as conn:
        found = query_failed_checks(conn, rule, find_report_id(conn, report) if report else "")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(render(found)))
