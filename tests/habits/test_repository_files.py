"""The files around the code: they can be read, and they name things that exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.paths import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
FORMS = [path for path in TEMPLATES if path.name != "config.yml"]
TEXTS = [
    "README.md",
    "README.zh.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ".github/pull_request_template.md",
    ".github/dependabot.yml",
    ".devcontainer/devcontainer.json",
    ".pre-commit-config.yaml",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
]


def targets() -> dict[str, str]:
    """Return the targets of the Makefile with what `make help` says of them."""
    return dict(re.findall(r"^([a-z-]+):[^\n]*?  ## (.*)$", MAKEFILE, re.M))


def test_make_prints_its_targets() -> None:
    bare, named = (
        subprocess.run(
            ["make", "-C", ROOT, "--no-print-directory", *words],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for words in ([], ["help"])
    )
    assert bare == named
    assert [line.split()[1] for line in bare.splitlines()] == list(targets())


def test_every_target_is_phony_and_described() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert sorted(phony.split()) == sorted(targets())


@pytest.mark.parametrize("name", TEXTS)
def test_make_targets_named_in_texts_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    code = re.findall(r"`([^`\n]+)`|^(make .*)$|\"([^\"\n]*\bmake [^\"\n]*)\"", text, re.M)
    named = {
        word for parts in code for part in parts for word in re.findall(r"\bmake ([a-z-]+)\b", part)
    }
    assert named <= set(targets())


def test_hooks_run_what_lint_runs() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [
        hook
        for repo in config["repos"]
        for hook in repo["hooks"]
        if hook.get("stages") != ["commit-msg"]
    ]
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)
    lint = {
        tuple(line.split()[0].split("/")[-1:] + line.split()[1:2]) for line in recipe.splitlines()
    }
    run = {tuple(hook["entry"].replace(".venv/bin/", "").split()[:2]) for hook in hooks}
    assert run == lint
    assert {hook["language"] for hook in hooks} == {"system"}


def test_pre_commit_accepts_its_file() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ROOT / ".pre-commit-config.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.parametrize(("length", "refused"), [(72, 0), (73, 1)])
def test_a_long_subject_is_refused(length: int, refused: int, tmp_path: Path) -> None:
    """What pre-commit does with the hook, without its environment."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (hook,) = (hook for hook in config["repos"][0]["hooks"] if hook["id"] == "commit-subject")
    message = tmp_path / "message"
    message.write_text("字" * length + "\n\n" + "The reason. " * 20 + "\n", encoding="utf-8")
    words = (sys.executable, "-m", "pre_commit.languages.pygrep", *hook["args"], hook["entry"])
    done = subprocess.run([*words, message], capture_output=True, check=False)
    assert done.returncode == refused


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_issue_forms_have_what_the_code_host_asks_for(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form.keys() == {"name", "description", "labels", "body"}
    ids = [part["id"] for part in form["body"]]
    assert len(ids) == len(set(ids))
    for part in form["body"]:
        assert part["type"] in ("input", "textarea")
        assert part["attributes"]["label"]


def test_issue_forms_are_the_same_in_both_languages() -> None:
    def shape(form: dict[str, Any]) -> list[tuple[str, str]]:
        return [(part["type"], part["id"]) for part in form["body"]]

    forms = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FORMS}
    english = [name for name in forms if not name.endswith(".zh.yml")]
    assert 2 * len(english) == len(forms)
    for name in english:
        assert shape(forms[name]) == shape(forms[name.replace(".yml", ".zh.yml")])


def test_the_dev_container_is_json_and_runs_what_is_there() -> None:
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(text)
    (script,) = re.findall(r"sh (\S+)", container["postCreateCommand"])
    assert (ROOT / script).is_file()
    assert PROJECT["requires-python"].removeprefix(">=") in container["image"]


def test_the_citation_names_the_released_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()


def test_dependabot_watches_the_kinds_of_dependency_that_there_are() -> None:
    config = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    assert config["version"] == 2
    assert {update["package-ecosystem"] for update in config["updates"]} == {
        "pip",
        "github-actions",
    }


def test_every_requirement_has_an_exact_version() -> None:
    def normal(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    pins = {
        normal(line.split("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    asked = [*PROJECT["dependencies"]]
    for extra in PROJECT["optional-dependencies"].values():
        asked += extra
    names = {normal(re.split(r"[\[<>=;~! ]", line)[0]) for line in asked}
    assert names - pins - {"gongkai-archive"} == set()


def test_the_editor_configuration_agrees_with_ruff() -> None:
    lines = (ROOT / ".editorconfig").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "root = true"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"max_line_length = {project['tool']['ruff']['line-length']}" in lines
