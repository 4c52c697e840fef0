"""gongkai snapshot"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import originals
from gongkai.archive.errors import ArchiveError

READABLE = (0, *range(200, 300), 304)


@click.command(short_help="查看原件 show or save the kept copy of an address")
@click.argument("url")
@options.snapshots
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    help="日期 the copy that stood then (UTC) [default: the last].",
)
@click.option("--out", type=options.FILE, help="文件 save the document; - for standard output.")
def snapshot(url: str, snapshots: Path, at: datetime | None, out: Path | None) -> None:
    """查看或保存某一网址的存档原件。

    Show what is kept of an address, or save the document itself. http or https, with or without
    www: any form of the address will do.
    """
    with originals(snapshots) as kept:
        found = kept.versions(url)
        if not found:
            raise ArchiveError(f"{url}: 没有存档 nothing is kept of this address")
        chosen = _standing(found, at)
        if chosen is None:
            raise ArchiveError(
                f"{url}: 该日期前没有存档 nothing was kept by then; first: {found[0].fetched_at}"
            )
        if out is None:
            click.echo("\n".join(_described(chosen, found)))
        elif str(out) == "-":
            sys.stdout.buffer.write(kept.body(chosen))
        else:
            out.write_bytes(kept.body(chosen))
            click.echo(f"{chosen.bytes} 字节 bytes, {chosen.fetched_at} → {out}")


def _standing(found: list[Any], at: datetime | None) -> Any | None:
    """The last document at a time; the last answer of any kind where there was no document."""
    latest = "9" if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if at is not None and at.hour == at.minute == at.second == 0:
        latest = at.strftime("%Y-%m-%dT24")  # a day is meant with all its hours
    before = [one for one in found if one.fetched_at <= latest]
    documents = [one for one in before if one.status in READABLE]
    return (documents or before or [None])[-1]


def _described(chosen: Any, found: list[Any]) -> Iterator[str]:
    yield f"网址 address   {chosen.url}"
    if chosen.final_url != chosen.url:
        yield f"转向 leads to  {chosen.final_url}"
    yield f"时间 fetched   {chosen.fetched_at}"
    yield f"答复 answer    {chosen.status or '—'} {chosen.media_type} {chosen.bytes} 字节 bytes"
    yield f"指纹 digest    {chosen.digest}"
    yield f"原件 original  {chosen.warc} @ {chosen.offset}"
    yield ""
    yield f"{len(found)} 次采集 fetches:"
    before = ""
    for one in found:
        changed = " 变更 changed" if before and one.digest and one.digest != before else ""
        yield f"  {one.fetched_at}  {one.status or '—'}  {one.bytes}{changed}"
        before = one.digest or before
