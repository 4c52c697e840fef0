"""The workflows: actions by commit, and no right to write where foreign pages are read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NIGHTLY = ROOT / ".github" / "workflows" / "nightly.yml"


def jobs(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return found


def commands(job: dict[str, Any]) -> str:
    """Return what a job runs in its shells."""
    return "\n".join(step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_named_by_a_commit_and_its_release(path: Path) -> None:
    used = re.findall(r"uses: (.*)$", path.read_text(encoding="utf-8"), re.M)
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_one_action_has_one_commit() -> None:
    used = {
        action
        for path in WORKFLOWS
        for action in re.findall(r"uses: (.*)$", path.read_text(encoding="utf-8"), re.M)
    }
    assert len(used) == len({action.partition("@")[0] for action in used})


def test_only_the_job_that_opens_no_page_may_write() -> None:
    workflow = yaml.safe_load(NIGHTLY.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        runs_ours = "gongkai " in commands(job)
        may_write = "write" in job["permissions"].values()
        assert runs_ours == (name == "night")
        assert may_write == (name == "keep")


def test_the_job_that_reads_pages_has_no_secret_and_no_token_in_its_folder() -> None:
    night = jobs(NIGHTLY)["night"]
    assert "secrets." not in yaml.safe_dump(night)
    (checkout,) = [s for s in night["steps"] if s.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["persist-credentials"] is False
    with_token = [step for step in night["steps"] if "github.token" in yaml.safe_dump(step)]
    assert [step["name"] for step in with_token] == ["Fetch the originals"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_becomes_a_part_of_a_script(path: Path) -> None:
    """A value of the repository reaches a shell as a variable, never as text of the script."""
    for job in jobs(path).values():
        assert "${{" not in commands(job)


@pytest.mark.parametrize(
    ("members", "taken"),
    [
        (("snapshots/gov-20260101T000000Z-1.warc.gz",), True),
        (("snapshots/x.warc.gz", "snapshots/index.db"), False),
        (("snapshots/x.warc.gz", ".github/workflows/evil.yml"), False),
        (("evil/ snapshots/x.warc.gz",), False),
        (("snapshots/a/x.warc.gz",), False),
        (("snapshots/link.warc.gz",), False),
    ],
)
def test_the_writing_job_takes_originals_and_nothing_else(
    members: tuple[str, ...], taken: bool, tmp_path: Path
) -> None:
    for name in members:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if "link" in name:
            file.symlink_to("/etc/passwd")
        else:
            file.write_bytes(b"x")
    subprocess.run(["tar", "-cf", "originals.tar", "--", *members], cwd=tmp_path, check=True)
    (step,) = [
        step for step in jobs(NIGHTLY)["keep"]["steps"] if "originals.tar" in step.get("run", "")
    ]
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\nmkdir -p data\n", encoding="utf-8")
    git.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={"PATH": f"{git.parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == taken, done.stderr
    assert (tmp_path / "data" / members[0]).is_file() == taken
