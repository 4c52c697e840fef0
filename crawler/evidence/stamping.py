"""Having the chain stamped: the last manifest, which stands for all before it.

Each manifest holds the digest of the one before. One timestamp a night and authority therefore covers
the runs of the night, and those of earlier nights when the authority did not answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.crawler.evidence.manifest_chain import ManifestChain, write_durably
from gongkai.crawler.evidence.stamp_files import STAMP_SUFFIX, stamps_of
from gongkai.crawler.evidence.stamp_request import (
    STAMP_SECONDS,
    StampFailed,
    authority_name,
    request_stamp,
)
from gongkai.crawler.manifests.run_manifest import ManifestDamaged
from gongkai.errors import cause_of
from gongkai.messages import Message, message


@dataclass
class StampingResult:
    """The manifest that was to be stamped (0 where there is none), by whom it is, and what failed."""

    number: int = 0
    stamped: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    failed: list[Message] = field(default_factory=list)


def check_authorities(urls: Iterable[str]) -> None:
    """Check addresses before anything else is done.

    Raises:
        AuthorityInvalid: One cannot be that of an authority.
    """
    for url in urls:
        authority_name(url)


def stamp_chain(
    snapshots: Path, urls: Sequence[str], seconds: float = STAMP_SECONDS
) -> StampingResult:
    """Have the last manifest of a folder stamped by the authorities that have not done so yet.

    An authority that gives no timestamp is named in the result; the next call asks it again.

    Raises:
        StorageError: The manifests cannot be read.
    """
    result = StampingResult()
    with ManifestChain(snapshots) as chain:
        chain.update_index()
        last = chain.index.last()
        if last is None:
            return result
        result.number = last.number
        path = chain.path(last.number)
        present = {stamp.authority for stamp in stamps_of(path)}
        for url in urls:
            name = authority_name(url)
            if name in present:
                result.present.append(name)
                continue
            try:
                answer = request_stamp(url, chain.content(last.number), seconds)
                _keep(path, name, answer)
            except (StampFailed, ManifestDamaged) as problem:
                result.failed.append(problem.message)
            except OSError as problem:
                why = cause_of(problem)
                result.failed.append(message("stamp_failed", authority=name, why=why))
            else:
                result.stamped.append(name)
    return result


def _keep(manifest: Path, authority: str, answer: bytes) -> None:
    """Keep the whole answer beside the manifest; where another process was first, its answer stays."""
    try:
        write_durably(manifest.with_name(f"{manifest.name}.{authority}{STAMP_SUFFIX}"), answer)
    except FileExistsError:
        return
