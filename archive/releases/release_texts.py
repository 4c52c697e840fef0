"""What a release says about itself to people: README and CHANGES, each in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from gongkai.archive.releases.dataset_records import release_address
from gongkai.archive.releases.release_folder import Release
from gongkai.archive.releases.report_change import ChangeKind, Reason
from gongkai.catalogue import Language, text
from gongkai.messages import message

_PARTS = {"reports": "release_changes_reports", "cells": "release_changes_cells"}
_KINDS: Mapping[ChangeKind, str] = {
    "added": "release_kind_added",
    "changed": "release_kind_changed",
    "removed": "release_kind_removed",
}
REASON_TEXTS: Mapping[Reason, str] = {
    "new": "release_reason_new",
    "edited": "release_reason_edited",
    "moved": "release_reason_moved",
    "taken_down": "release_reason_taken_down",
    "put_back": "release_reason_put_back",
    "extraction": "release_reason_extraction",
    "attribution": "release_reason_attribution",
    "withdrawn": "release_reason_withdrawn",
}
"""The texts of reasons, in the order in which they are listed."""

SUFFIXES: Mapping[Language, str] = {"en": ".md", "zh": ".zh.md"}


def readme(release: Release, lang: Language) -> str:
    """Return what the files are, how they are checked, and how they are cited."""
    address = release_address(release)
    cited = message(
        "release_citation" if address else "release_citation_bare",
        number=str(release.number),
        date=release.date,
        **({"address": address} if address else {}),
    )
    written = text(
        lang,
        "release_readme",
        number=str(release.number),
        date=release.date,
        version=release.version,
        extractor=release.extractor,
        reports=message("reports_counted", n=release.rows.get("reports", 0)),
        agencies=message("agencies_counted", n=release.rows.get("agencies", 0)),
        digest=release.public_file,
        citation=cited,
        licence=message("licence_about"),
    )
    return f"{written.strip()}\n"


def changes_text(release: Release, lang: Language) -> str:
    """Return what changed since the release before, as a table of numbers by reason."""
    t = partial(text, lang)
    lines = [f"# {t('release_changes_title', number=str(release.number))}", ""]
    if not release.previous:
        return "\n".join((*lines, t("release_changes_first"), ""))
    lines += [t("release_changes_since", previous=release.previous), ""]
    for part, head in _PARTS.items():
        lines += [f"## {t(head)}", "", *_table(release.changes[part], lang), ""]
    forwarded = int(release.changes["forwarded_ids"])
    lines += [t("release_changes_forwards", n=forwarded), "", t("release_changes_files"), ""]
    return "\n".join(lines)


def _table(counts: Mapping[str, Mapping[str, int]], lang: Language) -> Iterator[str]:
    t = partial(text, lang)
    if not counts:
        yield t("release_changes_none")
        return
    yield f"| {t('release_head_reason')} | {' | '.join(map(t, _KINDS.values()))} |"
    yield f"|---|{'--:|' * len(_KINDS)}"
    for reason, key in REASON_TEXTS.items():
        found = [counts.get(kind, {}).get(reason, 0) for kind in _KINDS]
        if any(found):
            yield f"| {t(key)} | {' | '.join(f'{n:,}' for n in found)} |"
