"""gongkai snapshots"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import originals
from gongkai.catalogue import language_of_environment, text


@click.group(short_help="原件目录 prove, index and mend the folder of originals")
def snapshots() -> None:
    """原件目录：核验、索引。

    The folder of originals: WARC files, which are for ever, and indexes made of them.
    """


@snapshots.command(short_help="核验 read every record and hold it against the index")
@options.snapshots
@options.as_json
def verify(snapshots: Path, as_json: bool) -> None:
    """核验全部原件：逐条读取，与索引对照。

    Read every record of every file again: whole, with the bytes that were kept, and in the index as
    it is in the file. Ends with 1 where something is wrong.
    """
    from gongkai.crawler.warc.verify import verify_snapshots as prove

    with originals(snapshots) as kept:
        done = prove(kept)
    wrong = [text(language_of_environment(), problem) for problem in done.wrong]
    if as_json:
        click.echo(json.dumps({**vars(done), "wrong": wrong}, ensure_ascii=False))
    else:
        click.echo(
            f"{done.files} 个文件 files · {done.records} 条记录 records · {done.copies} 份原件 copies · "
            f"{done.bytes / 1e6:.1f} MB"
        )
        for name in done.growing:
            click.echo(f"正在写入，未核验 being written, not verified: {name}")
        click.echo(f"{len(done.wrong)} 处不符 wrong" if done.wrong else "全部完好 all whole")
        for problem in wrong:
            click.echo(problem, err=True)
    sys.exit(1 if done.wrong else 0)


@snapshots.command(short_help="重建索引 make the index again from the files")
@options.snapshots
def reindex(snapshots: Path) -> None:
    """由 WARC 文件重建索引。

    Make the index again from the WARC files alone.
    """
    with originals(snapshots) as kept:
        kept.reindex()
        count = sum(1 for _ in kept.all())
    click.echo(f"{count} 份原件 copies")


@snapshots.command(short_help="CDXJ write the index that replay tools use")
@options.snapshots
def cdxj(snapshots: Path) -> None:
    """写出回放工具（如 pywb）所用的 CDXJ 索引。

    Write a CDXJ file for each WARC file that has none yet, in the folder cdxj/.
    """
    from gongkai.crawler.warc.cdxj import write_missing

    with originals(snapshots) as kept:
        made = write_missing(kept.folder)
    click.echo(f"{len(made)} 个新索引 new index files → {snapshots / 'cdxj'}")
