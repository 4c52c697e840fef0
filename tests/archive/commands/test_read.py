"""`gongkai read` and the Python functions beside it: files of one's own as tables."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet
import pytest

import gongkai
from gongkai.archive.errors import ArchiveError
from gongkai.extract.model.tidy_rows import CELL_COLUMNS, FINDING_COLUMNS
from tests.archive.folder import Command, report_page
from tests.waiting import no_waiting

REPORT = report_page("平罗县教育局", 2024)
WRONG = report_page("平罗县民政局", 2023, new__total="7")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with two reports, a page that is no report, and a file of no use."""
    folder = tmp_path / "files"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.html").write_bytes(REPORT)
    (folder / "inner" / "b.html").write_bytes(WRONG)
    (folder / "inner" / "c.html").write_text("<html><body><p>通知</p></body></html>")
    (folder / "script.js").write_text("1")
    (folder / ".hidden.html").write_bytes(REPORT)
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_becomes_two_tables(files: Path, run: Command, tmp_path: Path) -> None:
    ended = run("read", str(files), "--csv", "numbers.csv", "--jobs", "2")
    assert ended.exit_code == 0, ended.output
    lines = [line.removeprefix(f"{files}/") for line in ended.stdout.splitlines()]
    assert lines == [
        "a.html：平罗县教育局，2024 年，完整，200 个数值，0 条核对结果",
        "inner/b.html：平罗县民政局，2023 年，完整，200 个数值，3 条核对结果",
        "inner/c.html：不是报告：不是政府信息公开工作年度报告",
    ]
    cells = table(tmp_path / "numbers.csv")
    assert tuple(cells[0]) == CELL_COLUMNS
    assert len(cells) == 400
    assert cells[0]["sha256"] == sha256(REPORT).hexdigest()
    (total,) = (
        row
        for row in cells
        if row["year"] == "2023" and row["item"] == "new" and row["field"] == "total"
    )
    assert (total["agency"], total["region"], total["value"], total["raw"]) == (
        "平罗县民政局",
        "640221",
        "7",
        "7",
    )
    findings = table(tmp_path / "numbers-findings.csv")
    assert tuple(findings[0]) == FINDING_COLUMNS
    assert {row["agency"] for row in findings} == {"平罗县民政局"}
    assert not list(tmp_path.glob("*.part"))


def test_parquet_has_types(files: Path, run: Command, tmp_path: Path) -> None:
    assert run("read", str(files), "--parquet", "numbers.parquet").exit_code == 0
    found = pyarrow.parquet.read_table(tmp_path / "numbers.parquet")
    assert found.column_names == list(CELL_COLUMNS)
    assert [str(found.schema.field(name).type) for name in ("value", "year", "raw")] == [
        "double",
        "int64",
        "string",
    ]
    assert found.num_rows == 400
    assert pyarrow.parquet.read_table(tmp_path / "numbers-findings.parquet").num_rows == 3


def test_json_is_one_object_a_line(files: Path, run: Command) -> None:
    ended = run("read", str(files / "a.html"), str(files / "inner" / "c.html"), "--json")
    report, other = map(json.loads, ended.stdout.splitlines())
    assert (report["outcome"], report["status"], len(report["cells"])) == (
        "report",
        "complete",
        200,
    )
    assert (other["outcome"], other["cells"], other["findings"]) == ("not_report", [], [])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.4 torn", "a.pdf：不可读："),
        ("gone.html", None, "gone.html：不可读："),
    ],
)
def test_a_file_that_cannot_be_read_gives_1(
    name: str, content: bytes | None, said: str, run: Command, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ended = run("read", name)
    assert ended.exit_code == 1
    assert ended.stdout.startswith(said)


def test_a_folder_without_documents_is_refused(run: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("read", "empty").exit_code == 2


def test_the_functions_work_in_a_script_without_a_guard(files: Path, tmp_path: Path) -> None:
    """A program of a researcher has no `if __name__ == "__main__"`."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, gongkai\n"
        "print(gongkai.read(sys.argv[1] + '/a.html').report.agency.name)\n"
        "for found in gongkai.read_many([sys.argv[1]], jobs=2):\n"
        "    print(found.reading.outcome, len(found.to_rows()))\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-W", "error", str(script), str(files)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONUTF8": "1"}
    )
    assert done.stderr == ""
    assert done.stdout.split("\n")[:-1] == [
        "平罗县教育局",
        "report 200",
        "report 200",
        "not_report 0",
    ]


def test_bytes_are_read_and_a_missing_file_is_an_error(tmp_path: Path) -> None:
    reading = gongkai.read(REPORT)
    assert (reading.outcome, len(reading.to_rows())) == ("report", 200)
    with pytest.raises(ArchiveError):
        gongkai.read(tmp_path / "gone.html")


@pytest.mark.parametrize("command", ["read", "add"])
def test_a_pipe_is_refused_and_not_waited_for(run: Command, tmp_path: Path, command: str) -> None:
    os.mkfifo(tmp_path / "a.html")
    with no_waiting():
        ended = run("--lang", "en", command, tmp_path / "a.html")
    assert ended.exit_code in (1, 2)
    assert "it is no file, but a pipe" in ended.output
