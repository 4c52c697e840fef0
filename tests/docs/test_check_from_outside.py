"""The commands of the page on provenance check a folder of originals without Gongkai."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.crawler.evidence.closing import close_run
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.stamping import stamp_chain
from gongkai.crawler.evidence.wacz_records import packed_records
from gongkai.crawler.evidence.wacz_signature import load_signer
from gongkai.crawler.evidence.wacz_writer import WaczAbout, WaczPage, write_wacz
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.evidence.authority import make_authority, served
from tests.paths import ROOT

PAGE = ROOT / "docs" / "explanation" / "provenance.md"
TOOLS = (Path(sys.executable).parent, Path(sys.prefix) / "wacz" / "bin")


def blocks() -> list[str]:
    """Return the commands of the section, one block after the other."""
    section = PAGE.read_text("utf-8").partition("## Check it without Gongkai")[2].split("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three runs with their manifests, the last one stamped, and a package of all."""
    folder = tmp_path_factory.mktemp("outside")
    with Snapshots(folder / "snapshots") as snapshots:
        for number in (1, 2, 3):
            time = f"2026-03-0{number}T02:00:00Z"
            run = Run(f"{number:032x}", "weibin", time, time, "ok", {"new": 1})
            writer = snapshots.writer("weibin", run.id)
            writer.write_exchange(
                Exchange(
                    url="http://www.weibin.gov.cn/",
                    fetched_at=time,
                    status=200,
                    request_head=http_head("GET / HTTP/1.1", [("Host", "www.weibin.gov.cn")]),
                    response_head=http_head(status_line("HTTP/1.1", 200), []),
                    body=f"<p>{number}</p>".encode(),
                )
            )
            writer.write_run(run)
            close_run(snapshots, writer, run)
        with served(make_authority(folder / "authority")) as authority:
            assert stamp_chain(folder / "snapshots", [authority.url]).failed == []
        (folder / "root.pem").write_bytes(authority.root.read_bytes())
        copies = list(snapshots.all())
        write_wacz(
            packed_records(snapshots, copies),
            folder / "package.wacz",
            [WaczPage(copy.url, copy.fetched_at) for copy in copies],
            WaczAbout("卫滨区"),
            load_signer(folder / "key.pem"),
        )
    return folder


def values(folder: Path) -> dict[str, str]:
    """Return what the page of a proof names, for the answer of the second run."""
    with ManifestChain(folder / "snapshots") as chain:
        (file,) = chain.read(2).files
        manifest = chain.path(3)
    record = file.records[1]
    (stamp,) = manifest.parent.glob("*.tsr")
    return {
        "FILE": file.name,
        "OFFSET": str(record.offset),
        "BYTES": str(record.bytes),
        "RECORD": record.id,
        "MANIFEST": str(manifest),
        "STAMP": str(stamp),
    }


def run(folder: Path, block: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([*map(str, TOOLS), os.environ["PATH"]])
    env = {**os.environ, **values(folder), "PATH": path}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("number", range(6))
def test_every_command_of_the_page_succeeds(folder: Path, number: int) -> None:
    block = blocks()[number]
    done = run(folder, block)
    assert done.returncode == 0, (block, done.stdout, done.stderr)
    assert len(blocks()) == 6


def test_the_commands_find_what_was_changed(folder: Path) -> None:
    chain, record = blocks()[:2]
    warc = folder / "snapshots" / values(folder)["FILE"]
    with ManifestChain(folder / "snapshots") as manifests:
        manifest = manifests.path(1)
    for path, block in ((warc, record), (manifest, chain)):
        before = path.read_bytes()
        middle = len(before) * 2 // 5
        changed = before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :]
        path.write_bytes(changed)
        assert run(folder, block).returncode == 1, block
        path.write_bytes(before)
        assert run(folder, block).returncode == 0
