"""gongkai read: files of one's own, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import progress_in, silent
from gongkai.archive.publication.parts.parquet_part import is_installed
from gongkai.archive.publication.tidy_files import Sink, csv_files, findings_path, parquet_files
from gongkai.archive.terminal.console import command, echo, language, option, render
from gongkai.archive.workers.file_readings import FileReading, documents_in, read_files
from gongkai.errors import NEEDS_A_PERSON
from gongkai.messages import Message, message

READABLE = ("report", "list", "attachments_only", "not_report")
"""Outcomes of files that were read, even where they are no report."""


@command(help="read_help", short_help="read_short")
@click.argument("paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=options.FILE)
@option("--csv", "csv_file", type=options.FILE, metavar="OUT", help="option_read_csv")
@option("--parquet", "parquet_file", type=options.FILE, metavar="OUT", help="option_read_parquet")
@option("--json", "as_json", is_flag=True, help="option_read_json")
@option("--jobs", type=click.IntRange(0, 256), default=0, metavar="N", help="option_read_jobs")
@options.unisolated_libreoffice
def read(
    paths: tuple[Path, ...],
    csv_file: Path | None,
    parquet_file: Path | None,
    as_json: bool,
    jobs: int,
) -> None:
    """Read documents and print one line for each; exit code 1 where one could not be read."""
    if parquet_file and not is_installed():
        raise ArchiveError("parquet_missing")
    files = documents_in(paths)
    if not files:
        raise ArchiveError("no_documents_found")
    shows_progress = (csv_file or parquet_file) and not as_json
    progress = progress_in(language()) if shows_progress else silent
    failed = 0
    with _sinks(csv_file, parquet_file) as sinks, progress("progress_read", len(files)) as step:
        for found in read_files(files, jobs):
            failed += found.reading.outcome not in READABLE
            for cells, findings in sinks:
                cells(found.to_rows())
                findings(found.to_finding_rows())
            click.echo(json_line(found) if as_json else render(describe_file(found)))
            step()
    for path in filter(None, (csv_file, parquet_file)):
        echo("tables_written", err=True, cells=str(path), findings=str(findings_path(path)))
    sys.exit(NEEDS_A_PERSON if failed else 0)


@contextmanager
def _sinks(csv_file: Path | None, parquet_file: Path | None) -> Iterator[list[tuple[Sink, Sink]]]:
    with ExitStack() as stack:
        sinks = []
        if csv_file:
            sinks.append(stack.enter_context(csv_files(csv_file)))
        if parquet_file:
            sinks.append(stack.enter_context(parquet_files(parquet_file)))
        yield sinks


def describe_file(found: FileReading) -> Message:
    """Return the line that says what a file is."""
    report = found.reading.report
    if report is None:
        return message(
            "read_no_report",
            file=found.file,
            outcome=message(f"code.outcome.{found.reading.outcome}"),
            why=found.reading.reason or "",
        )
    numbers = sum(row["value"] is not None for row in found.to_rows())
    return message(
        "read_report",
        file=found.file,
        agency=report.agency.name if report.agency else "—",
        year=report.year or "—",
        status=message(f"code.status.{report.status}"),
        numbers=message("numbers_counted", n=numbers),
        findings=message("findings_counted", n=len(report.findings)),
    )


def json_line(found: FileReading) -> str:
    """Return a file as one line of JSON: what it is, its cells, its findings."""
    reading, report = found.reading, found.reading.report
    return json.dumps(
        {
            "file": found.file,
            "sha256": found.sha256,
            "outcome": reading.outcome,
            "why": render(reading.reason) if reading.reason else "",
            "media_type": reading.media_type,
            "title": report.title if report else reading.title,
            "status": report.status if report else None,
            "published_on": report.published_on if report else None,
            "cells": found.to_rows(),
            "findings": found.to_finding_rows(),
        },
        ensure_ascii=False,
    )
