"""Checking kept timestamps without a network: against the manifest, and against pinned certificates."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from rfc3161_client import VerificationError, VerifierBuilder

from gongkai.clock import utc_stamp
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.stamp_answer import DAMAGE, StampDamaged, StampFacts, read_answer
from gongkai.crawler.evidence.stamp_files import StampFile, read_stamp, stamps_in
from gongkai.crawler.evidence.stamp_roots import PinnedRoot
from gongkai.crawler.manifests.run_manifest import ManifestDamaged
from gongkai.messages import Message, message

StampState = Literal["proved", "unpinned", "wrong"]
"""What a timestamp is worth: proved by a pinned certificate, of the right bytes but by a certificate
that nobody pinned, or wrong."""


@dataclass(frozen=True, slots=True)
class StampVerdict:
    """What became of the check of one timestamp; `time` is None where it cannot be read."""

    state: StampState
    time: datetime | None
    why: Message | None = None


def check_stamp(
    path: Path, authority: str, content: bytes, roots: Sequence[PinnedRoot]
) -> StampVerdict:
    """Return what the timestamp in a file says of the bytes that it should be of."""
    try:
        facts = read_answer(read_stamp(path))
    except (OSError, StampDamaged) as problem:
        why = (
            problem.message
            if isinstance(problem, StampDamaged)
            else message("stamp_unreadable", why=str(problem))
        )
        return StampVerdict("wrong", None, why)
    return check_facts(facts, authority, content, roots)


def check_facts(
    facts: StampFacts, authority: str, content: bytes, roots: Sequence[PinnedRoot]
) -> StampVerdict:
    """Return what a timestamp that was read says of the bytes that it should be of."""
    if facts.digest != hashlib.sha256(content).hexdigest():
        return StampVerdict("wrong", facts.time, message("stamp_of_other_bytes"))
    pinned = [root for root in roots if root.holds_for(authority, facts.time)]
    if not pinned:
        return StampVerdict("unpinned", facts.time)
    found = [_proof_failure(facts, root) for root in pinned]
    if "" in found:
        return StampVerdict("proved", facts.time)
    why = _outside_period(facts, pinned) or message("stamp_not_proved", why=found[0][:300])
    return StampVerdict("wrong", facts.time, why)


def _outside_period(facts: StampFacts, pinned: Sequence[PinnedRoot]) -> Message | None:
    """Name a certificate that did not hold when the timestamp was given, None where all did."""
    certificates = [each for root in pinned for each in root.certificates]
    try:
        ders = facts.response.signed_data.certificates
        with warnings.catch_warnings():  # of what the standard forbids and the library still reads
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            certificates += [x509.load_der_x509_certificate(der) for der in ders]
        for each in certificates:
            since, until = each.not_valid_before_utc, each.not_valid_after_utc
            if not since <= facts.time <= until:
                return message(
                    "stamp_outside_period",
                    name=each.subject.rfc4514_string()[:200],
                    since=utc_stamp(since),
                    until=utc_stamp(until),
                    time=utc_stamp(facts.time),
                )
    except DAMAGE:
        return None
    return None


def _proof_failure(facts: StampFacts, root: PinnedRoot) -> str:
    """Return why certificates do not prove a timestamp, "" where they do."""
    builder = VerifierBuilder(
        roots=[each for each in root.certificates if _is_root(each)] or list(root.certificates),
        intermediates=[each for each in root.certificates if not _is_root(each)],
    )
    try:
        builder.build().verify(facts.response, bytes.fromhex(facts.digest))
    except (VerificationError, *DAMAGE) as problem:
        return str(problem) or type(problem).__name__
    return ""


def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject


@dataclass
class StampsResult:
    """How many timestamps were checked, and what is wrong.

    `last` is the last manifest that a pinned certificate proves, and `time` when it was stamped (UTC,
    ISO): all from `first` up to it existed then. They are 0 and "" without one.
    """

    proved: int = 0
    unpinned: int = 0
    first: int = 0
    last: int = 0
    time: str = ""
    wrong: list[Message] = field(default_factory=list)


def check_stamps(
    chain: ManifestChain, since: int, roots: Sequence[PinnedRoot], breaks: Sequence[int] = ()
) -> StampsResult:
    """Check the timestamps of all manifests from a number on.

    `breaks` are the manifests at which the chain is broken: a timestamp proves none before them.
    """
    result = StampsResult()
    for folder in sorted(chain.folder.glob("??????")):
        for number, stamps in stamps_in(folder).items():
            if number >= since:
                _check_manifest(chain, number, stamps, roots, result)
    if result.last:
        result.first = max([since, *(each for each in breaks if each <= result.last)])
    return result


def _check_manifest(
    chain: ManifestChain,
    number: int,
    stamps: Sequence[StampFile],
    roots: Sequence[PinnedRoot],
    result: StampsResult,
) -> None:
    try:
        content = chain.content(number)
    except ManifestDamaged as problem:
        if chain.index.get(number) is None:  # else the check of the chain names it
            result.wrong.append(problem.message)
        return
    for stamp in stamps:
        verdict = check_stamp(stamp.path, stamp.authority, content, roots)
        if verdict.state == "wrong":
            why = verdict.why or ""
            result.wrong.append(
                message("stamp_wrong", number=number, authority=stamp.authority, why=why)
            )
        elif verdict.state == "unpinned":
            result.unpinned += 1
        else:
            result.proved += 1
            if verdict.time:
                result.last, result.time = number, utc_stamp(verdict.time)
