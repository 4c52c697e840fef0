"""gongkai proof: a folder that is checked with sha256sum, warcio, openssl and a WACZ validator alone."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gongkai.archive.cli import main
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from tests.archive.folder import HOST, HTML, Folder, report_page
from tests.crawler.evidence.authority import make_authority, served
from tests.publish.kept_reports import article, frozen_document, keep_reports, prove_originals

EDUCATION = "640221-jiaoyuju-37ae-2024"
AUDIT = "640221-shenjiju-d9a3-2024"
TOOLS = {
    "warcio": f"{shlex.quote(sys.executable)} -m warcio.cli",
    "wacz": shlex.quote(str(Path(sys.prefix) / "wacz" / "bin" / "wacz")),
}
"""Programs that are not on the path of a test. `wacz` has an environment of its own."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an archive with its originals, a manifest of them, and a timestamp."""
    path = tmp_path_factory.mktemp("kept")
    keep_reports(path).snapshots.close()
    with served(make_authority(path / "authority")) as authority:
        prove_originals(path, authority)
    return path


def prove(kept: Path, out: Path, *words: str) -> Result:
    """Run the command on an archive."""
    options = ["--db", kept / "archive.db", "--snapshots", kept / "snapshots", "-o", out]
    return CliRunner().invoke(main, ["--lang", "en", "proof", *words, *map(str, options)])


def run(command: str, folder: Path, status: int = 0) -> str:
    """Run a command as the README prints it, and return what it says."""
    for name, program in TOOLS.items():
        command = re.sub(rf"^{name} ", f"{program} ", command)
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, (command, done.stdout, done.stderr)
    return done.stdout


def commands(folder: Path) -> list[str]:
    """Return the commands of the README."""
    readme = (folder / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^    (.+)$", readme, re.M)


def test_a_folder_is_checked_with_programs_of_others(kept: Path, tmp_path: Path) -> None:
    """Every command of the README is run as it is printed, and says what it should."""
    folder = tmp_path / "proof"
    done = prove(kept, folder, AUDIT, "requests", "new", "total")
    assert done.exit_code == 0, done.output
    shutil.copy(kept / "ROOT.pem", folder)
    body = frozen_document("pdf-chromium-zebra")
    digest = hashlib.sha256(body).hexdigest()
    assert (folder / "original.pdf").read_bytes() == body
    said = {command: run(command, folder) for command in commands(folder)}
    assert len(said) == 8
    answers = iter(said.values())
    assert "FAILED" not in next(answers)
    assert next(answers).split()[0] == digest
    assert next(answers) == ""
    assert next(answers).split()[0] == digest
    assert "WACZ is valid" in next(answers)
    manifest = json.loads((folder / "proof.json").read_text(encoding="utf-8"))["manifest"]
    assert manifest["digest"] == f"sha256:{next(answers).split()[0]}"
    assert next(answers).strip() == "1"
    assert "Verification: OK" in next(answers)


def test_the_last_of_visits_that_found_the_same_has_the_date_of_its_server(
    tmp_path: Path,
) -> None:
    page = report_page("平罗县水务局")
    with Folder(tmp_path) as folder:
        for day, body in ((1, page), (2, page), (3, b"")):
            head = http_head(
                status_line("HTTP/1.1", 200 if body else 304),
                [
                    *([("Content-Type", HTML)] if body else []),
                    ("Date", formatdate(1738375200 + 5 + (day - 1) * 86400, usegmt=True)),
                ],
            )
            writer = folder.snapshots.writer("pingluo", f"{day:032x}")
            writer.write_exchange(
                Exchange(
                    url=f"{HOST}/a/t20250120_1.html",
                    fetched_at=f"2025-02-0{day}T02:00:00Z",
                    status=200 if body else 304,
                    request_head=http_head("GET / HTTP/1.1", [("Host", "www.pingluo.gov.cn")]),
                    response_head=head,
                    body=body,
                )
            )
            writer.close()
        folder.build()
        ((report,),) = folder.rows("SELECT id FROM reports")
    done = prove(tmp_path, tmp_path / "proof", str(report), "requests", "new", "total")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "proof" / "proof.json").read_text(encoding="utf-8"))
    found = [(each["recorded"], each["server_date"]) for each in told["seen"]["fetches"]]
    assert found == [
        ("2025-02-01T02:00:00Z", "2025-02-01T02:00:05Z"),
        ("2025-02-03T02:00:00Z", "2025-02-03T02:00:05Z"),
    ]


def test_one_changed_byte_is_found(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "proof"
    assert prove(kept, folder, EDUCATION, "requests", "granted", "total").exit_code == 0
    page = folder / "original.html"
    assert page.read_bytes() == article()
    page.write_bytes(article("8"))
    assert "original.html: FAILED" in run(commands(folder)[0], folder, status=1)


def test_the_page_of_a_folder_shows_the_cell_and_acts_on_nothing(
    kept: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "proof"
    assert prove(kept, folder, EDUCATION, "requests", "granted", "total").exit_code == 0
    sheet = (folder / "proof.html").read_text(encoding="utf-8")
    anchor = re.search(r'src="page\.html#(c\d+)"', sheet)
    assert anchor is not None
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert f'id="{anchor[1]}"' in page
    assert f"#{anchor[1]}{{" in page
    for acting in ("<script", "onload", "alert", "href="):
        assert acting not in page
    assert "<mark>7</mark>" in sheet


def test_a_table_of_one_row_has_a_dash_for_its_item(kept: Path, tmp_path: Path) -> None:
    words = (AUDIT, "active_disclosure", "-", "licensing_decisions", "--json")
    done = prove(kept, tmp_path / "proof", *words)
    assert done.exit_code == 0, done.output
    names = json.loads(done.output)["files"]
    assert {"README.md", "SHA256SUMS", "page.png", "proof.html", "proof.json"} <= set(names)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((EDUCATION, "requests", "granted", "nothing"), "has no such cell"),
        (("nobody", "requests", "granted", "total"), "nobody"),
    ],
)
def test_what_is_no_number_is_refused(
    kept: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = prove(kept, tmp_path / "proof", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert not (tmp_path / "proof").exists()


def test_a_folder_with_something_in_it_is_left_alone(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("1", encoding="utf-8")
    done = prove(kept, tmp_path, EDUCATION, "requests", "granted", "total")
    assert done.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
