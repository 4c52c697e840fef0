"""gongkai snapshot: what is kept of an address."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import command, echo, option, render
from gongkai.archive.terminal.report_view import CLOCK_NOTES
from gongkai.archive.terminal.text_width import fact_lines
from gongkai.clock import CHINA, utc_stamp
from gongkai.pasted_address import address_forms

if TYPE_CHECKING:
    from gongkai.crawler.warc.snapshot import Snapshot

DOCUMENT_STATUSES = (0, *range(200, 300), 304)
"""HTTP statuses of answers that hold a document; 0 is that of a file from disk."""


@command(help="snapshot_help", short_help="snapshot_short")
@click.argument("url")
@options.snapshots
@option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]), help="option_at")
@option("--out", type=options.FILE, help="option_out_file")
def snapshot(url: str, snapshots: Path, at: datetime | None, out: Path | None) -> None:
    """Show what is kept of an address, or save the document itself.

    Any form of the address will do: http or https, with or without www, with what was pasted around it.
    """
    with open_originals(snapshots) as kept:
        found = next(filter(None, map(kept.versions, address_forms(url))), None)
        if not found:
            raise ArchiveError("url_not_archived", url=url)
        chosen = _version_at(found, at)
        if chosen is None:
            raise ArchiveError("url_not_archived_then", url=url, first=found[0].seen_at)
        if out is None:
            click.echo("\n".join(_lines(chosen, found)))
        elif str(out) == "-":
            sys.stdout.buffer.write(kept.body(chosen))
        else:
            out.write_bytes(kept.body(chosen))
            echo("document_saved", n=chosen.bytes, at=chosen.seen_at, file=str(out))


def _version_at(found: Sequence[Snapshot], at: datetime | None) -> Snapshot | None:
    """Return the last document at a time, or the last answer of any kind where none was one."""
    latest = "9"
    if at is not None and at.hour == at.minute == at.second == 0:
        # a day stands for all its hours, and is one in China
        latest = utc_stamp(at.replace(tzinfo=CHINA) + timedelta(days=1) - timedelta(seconds=1))
    elif at is not None:
        latest = utc_stamp(at.replace(tzinfo=UTC))
    before = [each for each in found if each.seen_at <= latest]
    documents = [each for each in before if each.status in DOCUMENT_STATUSES]
    candidates = documents or before
    return candidates[-1] if candidates else None


def _lines(chosen: Snapshot, found: Sequence[Snapshot]) -> Iterator[str]:
    size = render("bytes_counted", n=chosen.bytes)
    facts = {render("label_address"): chosen.url}
    if chosen.final_url != chosen.url:
        facts[render("label_redirect")] = chosen.final_url
    if chosen.rendered_from:
        facts[render("label_rendered_from")] = chosen.rendered_from
    facts |= {
        render("label_fetched"): chosen.seen_at,
        render("label_answer"): f"{chosen.status or '—'} {chosen.media_type} {size}",
        render("label_digest"): chosen.digest,
        render("label_original"): f"{chosen.warc} @ {chosen.offset}",
    }
    if chosen.server_date:
        facts[render("label_server_date")] = chosen.server_date
    if chosen.clock in CLOCK_NOTES:
        facts[render("label_clock")] = render(CLOCK_NOTES[chosen.clock], at=chosen.fetched_at)
    yield from fact_lines(facts)
    yield ""
    yield render("fetches_counted", n=len(found))
    latest: dict[bool, str] = {}  # of what was fetched, and of what a browser made of it
    for each in found:
        is_rendered = bool(each.rendered_from)
        before = latest.get(is_rendered, "")
        changed = (
            f" {render('fetch_changed')}" if before and each.digest not in ("", before) else ""
        )
        yield f"  {each.seen_at}  {each.status or '—'}  {each.bytes}{changed}"
        latest[is_rendered] = each.digest or before
