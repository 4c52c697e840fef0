"""The commands by which anyone can check a proof, with programs that know nothing of us."""

from __future__ import annotations

import shlex

from gongkai.publish.pages.proof.evidence import Evidence
from gongkai.publish.pages.report.originals import Original


def check_commands(original: Original, evidence: Evidence | None) -> tuple[tuple[str, str], ...]:
    """Return the commands as (key of the text that says what each shows, command).

    They are for a shell in the folder that holds `snapshots/`.
    """
    warc = shlex.quote(f"snapshots/{original.warc}")
    found = [
        (
            "proof_check_digest",
            f"warcio extract --payload {warc} {original.offset} | sha256sum",
        ),
        ("proof_check_record", f"warcio extract {warc} {original.offset} | head -n 12"),
    ]
    if evidence is not None:
        manifest = shlex.quote(f"snapshots/{evidence.file}")
        found.append(("proof_check_manifest", f"sha256sum {manifest}"))
        found += [
            (
                "proof_check_stamp",
                f"openssl ts -verify -in {shlex.quote(f'snapshots/{stamp.file}')} -data "
                f"{shlex.quote(f'snapshots/{stamp.stamped_file}')} -CAfile ROOT.pem",
            )
            for stamp in evidence.stamps
        ]
    return tuple(found)
