"""The commands of a proof, run in a shell."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from gongkai.publish.pages.proof.check_commands import chain_command
from gongkai.publish.pages.proof.sightings import Sighting

PATH = "printf manifests/%09d.json $n"


def test_the_chain_up_to_a_timestamp_is_checked_by_a_shell(tmp_path: Path) -> None:
    """Silence is good news; a manifest that does not follow the one before is printed."""
    (tmp_path / "manifests").mkdir()
    previous = ""
    for number in range(7, 13):
        content = f'{{"number": {number},\n "previous": "{previous}"}}\n'.encode()
        (tmp_path / "manifests" / f"{number:09d}.json").write_bytes(content)
        previous = f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert run(chain_command(7, 12, PATH), tmp_path) == ""
    changed = tmp_path / "manifests" / "000000009.json"
    changed.write_bytes(changed.read_bytes() + b"\n")
    assert run(chain_command(7, 12, PATH), tmp_path) == "manifests/000000010.json\n"
    assert run(chain_command(9, 9, PATH), tmp_path) == ""


def run(command: str, folder: Path) -> str:
    """Return what a command prints."""
    shell = ["bash", "-c", command]
    return subprocess.run(shell, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_what_was_added_from_disk_was_not_fetched() -> None:
    at, url = "2025-02-01T01:30:00Z", "http://www.pingluo.gov.cn/nb/a.pdf"
    added = Sighting("s", at, url, "added", "added-20250201T013000000Z-7.warc.gz", 0, "")
    assert added.is_added
    assert not Sighting(
        "s", at, url, "pingluo", "pingluo-20250201T013000000Z-7.warc.gz", 0, ""
    ).is_added
