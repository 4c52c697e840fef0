"""A disk that is full at any moment: a sentence, exit code 2, and nothing half-written under its final name."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.archive.store.database import reader
from gongkai.crawler.warc.store import Snapshots
from tests.archive.folder import Folder, report_page

PAGE = "/zfxxgknb/202501/t20250120_1.html"
REPORT = "640221-jiaoyuju-37ae-2024"
WORDS = {
    "export": ("export", "--out", "new"),
    "package": ("snapshots", "export", "--report", REPORT, "-o", "new"),
    "proof": ("proof", REPORT, "requests", "new", "total", "-o", "new"),
    "publish": ("publish", "new"),
    "import": ("import", "foreign.warc.gz"),
}
KILOBYTES = (0, 2, 16, 200)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one report, its originals, and a file of another crawler."""
    home = tmp_path_factory.mktemp("whole")
    with Folder(home) as folder:
        kept = folder.fetch("2025-01-21T02:00:00Z", PAGE, report_page(new__total="7"))
        folder.build()
        shutil.copy(folder.snapshots.folder / kept.warc, home / "foreign.warc.gz")
    return home


def run_limited(home: Path, kilobytes: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot write a file beyond a size, as on a disk without room."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes << 10, resource.RLIM_INFINITY))

    return subprocess.run(
        [sys.executable, "-c", "from gongkai.launch import main; main()", "--lang", "en", *words],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )


def left_behind(home: Path) -> Iterator[str]:
    """Yield what a command that failed left and should not have."""
    new = home / "new"
    if new.is_file():
        yield "a package"
    elif new.is_dir() and (new / "current").exists():
        yield "a publication"
    elif new.is_dir() and (new / "proof.json").exists():
        yield "a proof"
    yield from (str(path) for path in home.rglob("*.new") if path.suffix == ".new")


@pytest.mark.parametrize("name", WORDS)
def test_a_full_disk_is_a_sentence(whole: Path, tmp_path: Path, name: str) -> None:
    codes = set()
    for kilobytes in KILOBYTES:
        home = shutil.copytree(whole, tmp_path / str(kilobytes))
        done = run_limited(home, kilobytes, *WORDS[name])
        codes.add(done.returncode)
        assert done.returncode in (0, 2), (kilobytes, done.stderr)
        assert "Traceback" not in done.stderr, (kilobytes, done.stderr)
        if done.returncode:
            assert "Error: " in done.stderr
            assert [*left_behind(home)] == []
        with Snapshots(home / "snapshots") as snapshots, reader(home / "archive.db") as conn:
            assert [snapshots.body(each) for each in snapshots.all("pingluo")]
            assert conn.execute("SELECT total FROM requests WHERE item = 'new'").fetchone() == (7,)
    assert 2 in codes
    again = run_limited(tmp_path / "0", 1 << 20, *WORDS[name])
    assert again.returncode == 0, again.stderr
