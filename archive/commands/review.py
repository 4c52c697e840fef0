"""gongkai review"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.store import reviews
from gongkai.archive.store.database import reader
from gongkai.archive.store.reviews import VERDICTS, ReviewChange, ReviewRecord, reviews_file
from gongkai.archive.terminal.report_view import finding
from gongkai.archive.terminal.text_width import clean

_CHOICES = "、".join(f"{key}（{zh}）" for key, zh in VERDICTS.items())


def _known(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    if given is not None and given not in VERDICTS:
        raise click.BadParameter(f"{given}: 未知结论 unknown verdict; one of {_CHOICES}")
    return given


@click.command(short_help="复核 say what a failed check is worth")
@click.argument("check", required=False)
@options.db
@options.snapshots
@click.option(
    "--verdict", metavar="VERDICT", callback=_known, help=f"结论 the verdict: {_CHOICES}."
)
@click.option("--comment", metavar="TEXT", help="说明 what you found, in words.")
@click.option(
    "--by",
    metavar="NAME",
    envvar=["GONGKAI_REVIEWER", "USER"],
    default="",
    help="复核人 who says so; never shown on the site [default: $GONGKAI_REVIEWER, $USER].",
)
@click.option(
    "--public/--private",
    default=None,
    help="是否在网站上公开 whether the site shows it [default: private].",
)
@click.option("--list", "as_list", is_flag=True, help="列出全部意见 list all verdicts.")
@options.as_json
def review(
    check: str | None,
    db: Path,
    snapshots: Path,
    verdict: str | None,
    comment: str | None,
    by: str,
    public: bool | None,
    as_list: bool,
    as_json: bool,
) -> None:
    """对一项未通过的核对给出人工复核意见，写入档案旁的 reviews.db。

    Say what a failed check is worth. CHECK is its id, as gongkai check prints it, or the beginning
    of it. The verdict is kept in reviews.db beside the archive, which no build touches; the site
    shows it only when it is public. CHECK alone shows what was said of it.
    """
    del snapshots  # every command takes it; verdicts stand beside the archive
    stated = ReviewChange(verdict, comment, public)
    if as_list == bool(check) or (as_list and not stated.is_empty):
        raise click.UsageError(
            "须给出 CHECK 或 --list，二者择一 name a CHECK, or ask for the --list"
        )
    path = reviews_file(db)
    with reader(db) as conn:
        if as_list:
            found = reviews.list_reviews(conn, path)
        elif stated.is_empty:
            found = [reviews.find_review(conn, path, check or "")]
        else:
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            found = [reviews.save_review(conn, path, check or "", stated, by, now)]
    if as_json:
        click.echo(json.dumps(found if as_list else found[0], ensure_ascii=False, indent=1))
    else:
        click.echo(clean("\n".join(_lines(found, as_list))))


def _lines(found: list[ReviewRecord], with_sum: bool) -> Iterator[str]:
    for each in found:
        seen = "公开 public" if each["public"] else "不公开 private"
        who = f" · {each['by']}" if each["by"] else ""
        said = f"{VERDICTS.get(each['verdict'], '')} {each['verdict']}".strip()
        yield f"{each['check_id']}  {said} · {seen}{who} · {each['at']}"
        if each["comment"]:
            yield f"  {each['comment']}"
        if check := each["check"]:
            yield f"  {check['title']}  {check['report_id']}"
            yield from (f"  {line}" for line in finding(check))
        else:
            yield "  ！档案中已无此项核对 the archive has no such check any more: its number changed"
            yield "    or it is no longer found; the site does not show this verdict"
        if with_sum:
            yield ""
    if with_sum:
        gone = sum(each["check"] is None for each in found)
        yield f"{len(found)} 条意见 verdicts，{gone} 条所指核对已不存在 of checks that are gone"
