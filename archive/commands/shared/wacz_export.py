"""What `snapshots export` puts into a package: the copies of a portal, of a report, or of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gongkai.archive.errors import ArchiveError
from gongkai.archive.pipeline.imports import homes_of, with_portal
from gongkai.archive.store.database import reader
from gongkai.archive.store.former_ids import present_id
from gongkai.archive.terminal.console import echo, render
from gongkai.crawler.sites.site_facts import with_kept_facts

if TYPE_CHECKING:
    from gongkai.crawler.evidence.stamp_roots import PinnedRoot
    from gongkai.crawler.evidence.wacz_check import WaczCheck
    from gongkai.crawler.evidence.wacz_writer import WaczPage, WaczResult
    from gongkai.crawler.sites.registry import Site
    from gongkai.crawler.warc.snapshot import Snapshot
    from gongkai.crawler.warc.store import Snapshots

PAGE_TYPES = ("text/html", "application/xhtml+xml", "application/pdf")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be exported; one of the three is not empty."""

    site: str = ""
    report: str = ""
    run: str = ""

    @property
    def name(self) -> str:
        """The name of the file without its suffix."""
        return self.site or self.report or f"run-{self.run}"


@dataclass(frozen=True, slots=True)
class Signing:
    """The key that signs, the certificate of its domain where there is one, and the authority."""

    key: Path
    certificate: Path | None = None
    authority: str = ""


def export_wacz(
    kept: Snapshots,
    db: Path,
    sites: Sequence[Site],
    selection: Selection,
    out: Path,
    signing: Signing | None,
) -> WaczResult:
    """Write the package of a selection; `sites` tell whose host it is that others fetched from.

    Raises:
        ArchiveError: Not one thing is selected, or nothing of it is kept.
        StorageError: A record cannot be read, or the file not written.
        KeyUnusable: The key cannot be used.
    """
    from gongkai.crawler.evidence.wacz_records import packed_records
    from gongkai.crawler.evidence.wacz_signature import load_signer
    from gongkai.crawler.evidence.wacz_writer import WaczAbout, write_wacz

    if sum(map(bool, (selection.site, selection.report, selection.run))) != 1:
        raise ArchiveError("export_selects_one")
    title, wanted = _selected(kept, db, sites, selection)
    if not wanted:
        raise ArchiveError("export_of_nothing", name=selection.name)
    signer = load_signer(signing.key, signing.authority, signing.certificate) if signing else None
    return write_wacz(
        packed_records(kept, wanted), out, list(_pages(wanted, title)), WaczAbout(title), signer
    )


def _selected(
    kept: Snapshots, db: Path, sites: Sequence[Site], selection: Selection
) -> tuple[str, list[Snapshot]]:
    """Return the title of a package and its copies, in order of fetching."""
    if selection.site:
        homes = homes_of(with_kept_facts(sites, kept.sites()))
        copies = [each for each in kept.all() if with_portal(each, homes).site == selection.site]
        return selection.site, copies
    if selection.run:
        return f"run {selection.run}", list(_of_run(kept, selection.run))
    title, urls = _addresses(db, selection.report)
    found = {copy.id: copy for url in urls for copy in kept.versions(url)}
    return title, sorted(found.values(), key=lambda copy: (copy.fetched_at, copy.id))


def _of_run(kept: Snapshots, run: str) -> Iterator[Snapshot]:
    from gongkai.crawler.evidence.coverage import manifests_of_run
    from gongkai.crawler.evidence.manifest_chain import ManifestChain
    from gongkai.crawler.evidence.stored_records import DOCUMENT_TYPES

    with ManifestChain(kept.folder) as chain:
        chain.update_index()
        for number in manifests_of_run(chain, run):
            for file in chain.read(number).files:
                for record in file.records:
                    found = kept.get(record.id) if record.type in DOCUMENT_TYPES else None
                    if found:
                        yield found


def _addresses(db: Path, report: str) -> tuple[str, list[str]]:
    """Return the title of a report and the addresses at which it was seen.

    Raises:
        ArchiveError: There is no such report.
    """
    with reader(db) as conn:
        report = present_id(conn, report) or report
        row = conn.execute("SELECT title, url FROM reports WHERE id = ?", [report]).fetchone()
        if row is None:
            raise ArchiveError("report_missing", words=report)
        others = conn.execute(
            "SELECT url FROM revisions WHERE report_id = ? UNION"
            " SELECT url FROM copies WHERE report_id = ? ORDER BY 1",
            [report, report],
        )
        urls = dict.fromkeys([row[1], *(url for (url,) in others)])
    return row[0] or report, [url for url in urls if url]


def _pages(copies: list[Snapshot], title: str) -> Iterator[WaczPage]:
    from gongkai.crawler.evidence.wacz_writer import WaczPage

    for copy in copies:
        if copy.status in (0, 200) and copy.media_type in PAGE_TYPES:
            yield WaczPage(copy.url, copy.fetched_at, f"{title} {copy.fetched_at[:10]}", copy.id)


def wacz_data(done: WaczResult) -> dict[str, Any]:
    """Return what was written, for a script."""
    return {
        "path": str(done.path),
        "records": done.records,
        "pages": done.pages,
        "bytes": done.bytes,
        "digest": done.digest,
        "unstamped": render(done.unstamped) if done.unstamped else "",
    }


def print_verified_packages(
    paths: Sequence[Path], roots: Sequence[PinnedRoot], as_json: bool
) -> bool:
    """Verify packages, print what was found, and return whether all are whole.

    Raises:
        StorageError: A file cannot be read.
    """
    from gongkai.crawler.evidence.wacz_check import verify_wacz

    checks = {path: verify_wacz(path, roots) for path in paths}
    if as_json:
        data = [_check_data(path, check) for path, check in checks.items()]
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        for path, check in checks.items():
            _print_check(path, check)
    return not any(check.wrong for check in checks.values())


def _print_check(path: Path, check: WaczCheck) -> None:
    if not check.wrong:
        size = f"{check.bytes / 1e6:.1f} MB"
        echo("wacz_whole", path=str(path), n=check.files, size=size)
    for problem in check.wrong:
        click.echo(f"{path}: {render(problem)}", err=True)
    if check.signature.is_by_domain:
        echo("wacz_signed_by_domain", domain=check.key)
    elif check.key:
        echo("wacz_signed_by_key", key=check.key)
    else:
        echo("wacz_unsigned")
    if check.signature.time:
        echo("wacz_stamped", time=check.signature.time)


def _check_data(path: Path, check: WaczCheck) -> dict[str, Any]:
    return {
        "path": str(path),
        "title": check.title,
        "created": check.created,
        "files": check.files,
        "bytes": check.bytes,
        "signed_by": check.key,
        "signed_at": check.signature.time,
        "wrong": [render(problem) for problem in check.wrong],
    }
