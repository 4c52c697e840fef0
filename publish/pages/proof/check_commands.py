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
        if evidence.record_sha256:
            found.append(("proof_check_covered", f"grep -c {evidence.record_sha256} {manifest}"))
        stamped = max((stamp.stamped for stamp in evidence.stamps), default=0)
        if stamped > evidence.number:
            paths = "printf snapshots/manifests/%06d/%09d.json $((n / 1000)) $n"
            found.append(("proof_check_chain", chain_command(evidence.number, stamped, paths)))
        found += [
            (
                "proof_check_stamp",
                f"openssl ts -verify -in {shlex.quote(f'snapshots/{stamp.file}')} -data "
                f"{shlex.quote(f'snapshots/{stamp.stamped_file}')} -CAfile ROOT.pem",
            )
            for stamp in evidence.stamps
        ]
    return tuple(found)


def chain_command(first: int, last: int, path: str) -> str:
    """Return a command that prints each manifest behind the first that does not follow the one before.

    `path` is a command that prints the path of manifest `$n`.
    """
    digest = 'sha256sum < "$before" | cut -c 1-64'
    stated = f'"\\"previous\\": \\"sha256:$({digest})\\""'
    return (
        f"n={first}; before=$({path}); for n in $(seq {first + 1} {last}); do next=$({path}); "
        f'grep -LF {stated} "$next"; before=$next; done'
    )
