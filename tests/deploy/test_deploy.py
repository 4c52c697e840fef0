"""The files of deploy/ and the workflows: as far as they can be checked without running them."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from gongkai.archive.cli import main
from tests.paths import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(
    path.name
    for path in DEPLOY.glob("gongkai*.*")
    if path.suffix in (".service", ".timer", ".path")
)
PROGRAM = "/srv/gongkai/.venv/bin/gongkai"


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """The program is not installed here, so another one stands in its place."""
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")

    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(tmp_path / name for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "most"), [("gongkai-nightly.service", 20), ("gongkai-serve.service", 10)]
)
def test_systemd_finds_the_services_hardened(name: str, most: int) -> None:
    """The exposure is at most a tenth of the number; 100 would be a service without any limit."""
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={most}", DEPLOY / name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-400:] + judged.stderr


def members(group: str) -> set[str]:
    """Return the system calls of a group of systemd, with those of the groups in it."""
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True
    )
    found: set[str] = set()
    for word in listed.stdout.split("\n")[1:]:
        entry = word.strip()
        if entry.startswith("@"):
            found |= members(entry)
        elif entry and not entry.startswith("#"):
            found.add(entry)
    return found


def test_the_night_may_build_the_walls_around_documents() -> None:
    """The filter of the unit allows the calls by which a reader shuts itself in."""
    unit = (DEPLOY / "gongkai-nightly.service").read_text(encoding="utf-8")
    ((group, *calls),) = (
        each.split() for each in re.findall(r"^SystemCallFilter=(.*)$", unit, re.M)
    )
    assert {"unshare", "prctl", "setrlimit", "prlimit64", "clone"} <= members(group)
    assert calls == ["landlock_create_ruleset", "landlock_restrict_self"]
    (spaces,) = re.findall(r"^RestrictNamespaces=(.*)$", unit, re.M)
    assert set(spaces.split()) == {"user", "net", "pid"}


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_every_service_is_bounded(name: str) -> None:
    unit = (DEPLOY / name).read_text(encoding="utf-8")
    given = dict(re.findall(r"^(\w+)=(.*)$", unit, re.M))
    assert {"MemoryMax", "TasksMax", "RestrictAddressFamilies"} <= given.keys()
    assert given["NoNewPrivileges"] == given["PrivateTmp"] == "yes"
    assert given["ProtectSystem"] == "strict"


def test_the_timer_is_a_night_in_china() -> None:
    (when,) = re.findall(r"^OnCalendar=(.*)$", (DEPLOY / "gongkai-nightly.timer").read_text(), re.M)
    told = subprocess.run(
        ["systemd-analyze", "calendar", when], capture_output=True, text=True, check=True
    )
    assert re.search(r"\(in UTC\): .* 14:30:00 UTC|Next elapse: .* 14:30:00 UTC", told.stdout)


def commands() -> list[str]:
    """Every call of the program in the files, as it would be run."""
    env = (DEPLOY / "gongkai.env").read_text(encoding="utf-8")
    (given,) = re.findall(r"^GONGKAI_OPTIONS=(.*)$", env, re.M)
    found = []
    for path in [*DEPLOY.iterdir(), *(ROOT / ".github" / "workflows").iterdir()]:
        text = path.read_text(encoding="utf-8").replace("$GONGKAI_OPTIONS", given)
        text = re.sub(r"\n\s+(?=-s )", " ", text)
        found += re.findall(
            r"(?:/bin/|^\s+|run: )gongkai ((?:nightly|serve|snapshots)\b.*)$", text, re.M
        )
    return found


def test_every_call_of_the_program_is_understood() -> None:
    calls = commands()
    assert len(calls) >= 5
    for call in calls:
        words = shlex.split(re.sub(r"\$\{\{.*?\}\}", "someone@example.org", call))
        seen = CliRunner().invoke(main, [*words, "--help"])
        assert seen.exit_code == 0, (call, seen.output)


def test_the_compose_file_and_the_workflows_are_yaml_with_their_parts() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert set(compose["services"]) == {"nightly", "site"}
    for service in compose["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        assert CliRunner().invoke(main, [service["command"][0], "--help"]).exit_code == 0
    steps = [
        step.get("run", "")
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        for step in job["steps"]
    ]
    targets = set(re.findall(r"make (\w+)", " ".join(steps)))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets == {"test", "faults"}
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)


def test_every_setting_named_is_one_of_ours() -> None:
    named = set()
    for path in [
        *DEPLOY.iterdir(),
        *(ROOT / ".github" / "workflows").iterdir(),
        ROOT / "docs" / "how-to" / "run-every-night.md",
    ]:
        named |= set(re.findall(r"GONGKAI_[A-Z_]+(?==|`)", path.read_text(encoding="utf-8")))
    settings = (ROOT / "crawler" / "settings.py").read_text(encoding="utf-8")
    ours = set(re.findall(r"^(GONGKAI_\w+) =", settings, re.M))
    options = {"GONGKAI_NOTIFY_URL", "GONGKAI_NOTIFY_COMMAND", "GONGKAI_BASE_URL", "GONGKAI_PREFIX"}
    assert named - ours == {"GONGKAI_OPTIONS", "GONGKAI_WORKERS", *options}


def test_the_site_starts_when_there_is_a_publication() -> None:
    """The unit that waits starts it; enabled by itself it would be tried before there is one."""
    waits = (DEPLOY / "gongkai-serve.path").read_text(encoding="utf-8")
    site = (DEPLOY / "gongkai-serve.service").read_text(encoding="utf-8")
    (path,) = re.findall(r"^PathExists=(.*)$", waits, re.M)
    assert f"ConditionPathExists={path}" in site
    assert "[Install]" not in site
    assert "WantedBy=multi-user.target" in waits


def test_an_image_is_built_from_what_the_program_needs() -> None:
    """Nothing of a work tree gets into it: no archive, no originals, no secrets."""
    lines = (DEPLOY / "Containerfile.ignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    kept = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert all((ROOT / each).exists() for each in kept)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = set(project["tool"]["setuptools"]["package-dir"].values())
    assert {folder.split("/")[0] for folder in folders} <= kept
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "HEALTHCHECK" in text
    assert re.search(r"^ARG BASE=\S+:\d+\.\d+\.\d+-slim-\w+$", text, re.M)
    assert "rapidocr" in (ROOT / "requirements" / "container.txt").read_text(encoding="utf-8")
