"""Manifests, timestamps and packages through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.folder import Command, Folder, report_page
from tests.archive.refusal import refused
from tests.crawler.evidence.authority import Authority, make_authority, served


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with served(make_authority(tmp_path_factory.mktemp("tsa") / "a")) as running:
        yield running


@pytest.fixture
def kept(folder: Folder) -> Path:
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", b"<p>one</p>")
    folder.fetch("2025-01-22T02:00:00Z", "/a.html", b"<p>two</p>")
    return folder.snapshots.folder


def test_a_folder_is_stamped_and_verified(run: Command, kept: Path, authority: Authority) -> None:
    stamped = run("snapshots", "timestamp", "--timestamp", authority.url)
    assert stamped.exit_code == 0, stamped.output
    assert stamped.stdout == f"第 1 号清单：已由 {authority.name} 加盖时间戳\n"
    proved = run("snapshots", "verify", "--tsa-root", authority.root)
    assert proved.exit_code == 0, proved.output
    assert "1 个时间戳经指定证书证实：第 1 号及以前的清单在 20" in proved.stdout
    data = json.loads(run("snapshots", "verify", "--json", "--tsa-root", authority.root).stdout)
    assert (data["manifests"], data["covered"], data["timestamps"]["proved"]) == (1, 6, 1)


def test_a_silent_authority_ends_with_1_and_is_asked_again(run: Command, kept: Path) -> None:
    silent = run("--lang", "en", "snapshots", "timestamp", "--timestamp", "http://127.0.0.1:9/tsr")
    assert silent.exit_code == 1
    assert "the authority 127.0.0.1-9-tsr gave no timestamp" in silent.stderr


def test_the_authority_may_stand_in_the_settings(
    run: Command, kept: Path, authority: Authority, tmp_path: Path
) -> None:
    refused(run("snapshots", "timestamp"), "--timestamp URL")
    (tmp_path / "gongkai.toml").write_text(
        f'timestamp = "{authority.url}"\ntsa_root = ["{authority.root}"]', encoding="utf-8"
    )
    assert run("snapshots", "timestamp").exit_code == 0
    assert "经指定证书证实" in run("snapshots", "verify").stdout


@pytest.mark.parametrize("command", [["crawl"], ["nightly"], ["snapshots", "timestamp"]])
def test_an_address_that_cannot_be_asked_is_refused_first(
    run: Command, kept: Path, command: list[str]
) -> None:
    refused(run(*command, "--timestamp", "freetsa.org/tsr"), "freetsa.org/tsr")


def test_a_run_that_no_manifest_names_is_refused(run: Command, kept: Path) -> None:
    refused(run("snapshots", "verify", "--since", "0" * 32), "0" * 32)


def test_a_portal_is_exported_and_the_package_verified(
    run: Command, kept: Path, authority: Authority, tmp_path: Path
) -> None:
    done = run("snapshots", "export", "--site", "pingluo", "--wacz", "--timestamp", authority.url)
    assert done.exit_code == 0, done.output
    assert done.stdout == "pingluo.wacz：4 条记录，2 个页面，0.0 MB\n"
    assert (kept / "signing-key.pem").is_file()
    proved = run("snapshots", "verify", "pingluo.wacz", "--tsa-root", authority.root)
    assert proved.exit_code == 0, proved.output
    lines = proved.stdout.splitlines()
    assert [line.partition("：")[0] for line in lines[:1]] == ["pingluo.wacz"]
    assert lines[1].startswith("由密钥 sha256:")
    assert lines[2].startswith("签名时间经指定证书证实")

    path = tmp_path / "pingluo.wacz"
    content = path.read_bytes()
    path.write_bytes(content[:400] + bytes([content[400] ^ 1]) + content[401:])
    changed = run("snapshots", "verify", "pingluo.wacz", "--json")
    assert changed.exit_code == 1
    assert json.loads(changed.stdout)[0]["wrong"] == ["archive/data.warc.gz：内容与所载摘要不符"]


def test_a_report_is_exported_with_all_its_copies(run: Command, folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page())
    folder.fetch("2025-01-22T02:00:00Z", "/a.html", report_page(template="new"))
    folder.fetch("2025-01-22T03:00:00Z", "/list.html", b"<p>list</p>")
    folder.build()
    report = json.loads(run("show", "平罗县教育局", "--json").stdout)["id"]
    done = run("snapshots", "export", "--report", report, "-o", "r.wacz", "--unsigned", "--json")
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert (data["path"], data["records"], data["pages"]) == ("r.wacz", 4, 2)
    assert run("snapshots", "verify", "r.wacz").stdout.splitlines()[1] == "没有签名"


def test_what_cannot_be_exported_is_refused(run: Command, folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page())
    folder.build()
    refused(run("snapshots", "export"), "--site")
    refused(run("snapshots", "export", "--site", "a", "--run", "b"), "--site")
    refused(run("snapshots", "export", "--site", "weibin"), "weibin")
    refused(run("snapshots", "export", "--report", "640221-none"), "640221-none")
    refused(run("snapshots", "export", "--run", "0" * 32), "0" * 32)
    refused(run("snapshots", "verify", "none.wacz"), "none.wacz")
