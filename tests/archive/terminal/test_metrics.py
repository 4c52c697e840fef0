"""Metrics in the text format of Prometheus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gongkai.archive.terminal.metrics import Metric, metrics_text, write_atomically
from gongkai.crawler.warc.snapshot import Run
from gongkai.messages import message
from tests.archive.folder import Command, Folder, report_page

LINE = re.compile(
    r'(?P<name>[a-z_]+)(?:\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})?'
    r" -?[0-9.e+]+"
)


def test_the_text_is_what_prometheus_reads(run: Command, tmp_path: Path) -> None:
    """Each metric has its two lines of description once, before all of its values."""
    (tmp_path / "page.html").write_bytes(report_page())
    assert run("add", "page.html").exit_code == 0
    printed = run("status", "--prometheus")
    assert printed.exit_code == 0
    assert printed.stdout.endswith("\n")
    described: list[str] = []
    for line in printed.stdout.splitlines():
        if line.startswith("# TYPE "):
            described.append(line.split()[2])
            assert line.split()[3] == "gauge"
        elif not line.startswith("# HELP "):
            read = LINE.fullmatch(line)
            assert read is not None, line
            assert read["name"] == described[-1]
    assert len(described) == len(set(described))
    assert 'gongkai_reports{status="complete"} 1' in printed.stdout
    assert "gongkai_agencies 1" in printed.stdout
    assert re.search(r"^gongkai_build_finished_timestamp_seconds \d{10}$", printed.stdout, re.M)


def test_the_state_of_clocks_is_a_metric(run: Command, folder: Folder) -> None:
    """What the servers said in the last crawl, and how many crawls are believed."""
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page())
    writer = folder.snapshots.writer("pingluo", "a" * 32)
    times = ("2025-01-21T01:00:00Z", "2025-01-21T02:00:00Z")
    writer.write_run(Run("a" * 32, "pingluo", *times, "ok", {}, server_lead=-86400))
    writer.close()
    folder.build()
    printed = run("status", "--prometheus").stdout.splitlines()
    assert 'gongkai_clock_lead_seconds{site="pingluo"} -86400' in printed
    (state,) = (line for line in printed if line.startswith("gongkai_runs_by_clock{"))
    ((opinion,),) = folder.rows("SELECT clock FROM runs WHERE kind = 'crawl'")
    assert state == f'gongkai_runs_by_clock{{clock="{opinion or "right"}"}} 1'


def test_a_file_is_replaced_at_once(run: Command, tmp_path: Path) -> None:
    """node_exporter may read it at any moment, as another user; drafts have no name that it reads."""
    (tmp_path / "page.html").write_bytes(report_page())
    run("add", "page.html")
    target = tmp_path / "metrics" / "gongkai.prom"
    target.parent.mkdir()
    ended = run("status", "--prometheus-file", str(target))
    assert (ended.exit_code, ended.stdout) == (0, "")
    assert target.read_text(encoding="utf-8").startswith("# HELP gongkai_reports ")
    assert oct(target.stat().st_mode)[-3:] == "644"
    assert [path.name for path in target.parent.iterdir()] == ["gongkai.prom"]


def test_a_file_that_cannot_be_written_is_named(run: Command, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(report_page())
    run("add", "page.html")
    ended = run("status", "--prometheus-file", str(tmp_path / "none" / "x.prom"))
    assert ended.exit_code == 2
    assert "不存在" in ended.stderr


def test_nothing_is_left_of_a_write_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object) -> None:
        raise OSError(28, "full")

    (tmp_path / "a.prom").write_text("old\n", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        write_atomically(tmp_path / "a.prom", "new\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.prom"]
    assert (tmp_path / "a.prom").read_text(encoding="utf-8") == "old\n"


def test_labels_are_escaped() -> None:
    """A name may have any character."""
    metric = Metric("gongkai_agencies", message("metric_agencies"), [({"site": 'a"\\\n'}, 0.5)])
    assert (
        metrics_text([metric], "en").splitlines()[2] == 'gongkai_agencies{site="a\\"\\\\\\n"} 0.5'
    )


def test_json_and_metrics_exclude_each_other(run: Command) -> None:
    assert run("status", "--json", "--prometheus").exit_code == 2
