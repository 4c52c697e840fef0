"""Whether the chain of manifests is whole, and from which run on it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.manifests.manifest_files import stray_numbers
from gongkai.crawler.manifests.manifest_index import ManifestRow
from gongkai.crawler.manifests.run_manifest import (
    Manifest,
    ManifestDamaged,
    decode_manifest,
    digest_of,
)
from gongkai.errors import GongkaiError
from gongkai.messages import Message, message

MOST_STRAYS = 20
"""Manifests behind the end of the chain that are named."""


class RunUnknown(GongkaiError):
    """No manifest of a run is known."""


@dataclass
class ChainResult:
    """How many manifests were read, and what is wrong.

    `breaks` are the manifests that do not state the digest of the one before them as it is now:
    whatever proves one of them proves nothing before it.
    """

    manifests: int = 0
    breaks: list[int] = field(default_factory=list)
    wrong: list[Message] = field(default_factory=list)


def first_number(chain: ManifestChain, run: str) -> int:
    """Return the number of the first manifest of a run, 1 for an empty name.

    Raises:
        RunUnknown: There is none.
    """
    if not run:
        return 1
    found = chain.index.of_run(run.replace("-", "").lower())
    if not found:
        raise RunUnknown("run_without_manifest", run=run)
    return found[0].number


def last_number(chain: ManifestChain) -> int:
    """Return the number of the last manifest that is there or known, 0 without one."""
    return max([*chain.numbers()[-1:], *(row.number for row in chain.rows())], default=0)


def check_chain(chain: ManifestChain, since: int, result: ChainResult) -> Iterator[Manifest]:
    """Yield the readable manifests from a number on, and add to the result what is wrong.

    Each is compared with the digest that the next one states, and with the one that was noted when it
    was written. The first break is said once more, with its run: what follows proves nothing of what
    stands before it.
    """
    numbers = chain.numbers()
    rows = {row.number: row for row in chain.rows(max(1, since - 1))}
    last = max([*numbers[-1:], *rows], default=0)
    before = _digest(chain, since - 1) if since > 1 else ""
    broken = 0
    for number in range(since, last + 1):
        faults, digest, manifest = _check_one(chain, number, rows.get(number), before)
        result.manifests += 1
        if manifest is None:
            result.breaks.append(number + 1)
        elif (manifest.number, manifest.previous) != (number, before):
            result.breaks.append(number)
        result.wrong += faults
        if faults and not broken:
            broken = number
        before = digest
        if manifest is not None:
            yield manifest
    result.wrong += [
        message("manifest_stray", number=number, last=last)
        for number in stray_numbers(chain.folder)[:MOST_STRAYS]
    ]
    if broken:
        row = rows.get(broken)
        result.wrong.append(
            message(
                "chain_broken_from",
                number=broken,
                run=row.run if row and row.run else "-",
                date=row.created if row else "-",
            )
        )


def _check_one(
    chain: ManifestChain, number: int, row: ManifestRow | None, before: str
) -> tuple[list[Message], str, Manifest | None]:
    """Return what is wrong with a manifest, the digest that the next one has to state, and the manifest."""
    run = row.run if row and row.run else "-"
    try:
        content = chain.content(number)
    except ManifestDamaged as problem:
        if row is None:
            return [problem.message], "", None
        lost = message("manifest_lost", number=number, run=run, date=row.created or "-")
        if problem.message.key != "manifest_missing":
            lost = message("manifest_wrong", number=number, run=run, why=problem.message)
        return [lost], row.digest, None
    digest, faults = digest_of(content), []
    if row and row.digest not in ("", digest):
        faults.append(message("manifest_changed", number=number, run=run))
    try:
        manifest = decode_manifest(content)
    except ManifestDamaged as problem:
        faults.append(message("manifest_wrong", number=number, run=run, why=problem.message))
        return faults, digest, None
    if manifest.number != number:
        faults.append(message("manifest_moved", number=number, stated=manifest.number))
    elif manifest.previous != before:
        faults.append(message("manifest_not_following", number=number, run=manifest.run_id or "-"))
    return faults, digest, manifest


def _digest(chain: ManifestChain, number: int) -> str:
    try:
        return digest_of(chain.content(number))
    except ManifestDamaged:
        row = chain.index.get(number)
        return row.digest if row else ""
