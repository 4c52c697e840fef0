"""The page about files of one's own can be followed: its command and its program."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.archive.folder import report_page
from tests.paths import ROOT

PAGE = ROOT / "docs" / "how-to" / "read-your-own-files.md"


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found is not None
    return found[1]


def test_the_command_and_the_program_of_the_page_work(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.html").write_bytes(report_page("平罗县教育局", 2024))
    words = shlex.split(block("sh"))
    gongkai = str(Path(sys.executable).with_name(words[0]))
    subprocess.run([gongkai, *words[1:]], cwd=tmp_path, check=True, capture_output=True)
    header, *cells = (tmp_path / "numbers.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(cells) == 200
    named = re.findall(r"^\| (`.*?) \|", PAGE.read_text(encoding="utf-8"), re.M)
    assert re.findall(r"`(\w+)`", "".join(named)) == header.split(",")
    done = subprocess.run(
        [sys.executable, "-c", block("python")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["report 平罗县教育局 2024", "0", "200 cells"]
