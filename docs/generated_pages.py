"""Pages of the documentation that are made from the code when the site is built.

A Sphinx extension. It writes `reference/commands*.md` and `reference/checks*.md`, which Git ignores.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click
from click.testing import CliRunner
from sphinx.application import Sphinx

from gongkai.archive.cli import main
from gongkai.publish.wording.rules import RULES

Language = Literal["zh", "en"]
SUFFIXES: dict[Language, str] = {"en": "", "zh": ".zh"}
WIDTH = 96
COMMANDS: dict[Language, str] = {
    "en": "# Commands\n\nEvery command prints this text with `--help`.\n",
    "zh": "# 命令\n\n每个命令加 `--help` 即打印以下说明。\n",
}
CHECKS: dict[Language, str] = {
    "en": (
        "# Checks\n\nA check compares numbers or sentences of a report. A failed check is a finding "
        "about the report; it never changes a number.\n\n| id | name | what has to hold |"
    ),
    "zh": (
        "# 核对规则\n\n核对比较报告中的数字与文字。核对未通过只作提示，从不改动数字。\n\n"
        "| 编号 | 名称 | 应当成立 |"
    ),
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx: the pages are written before it looks for sources."""
    app.connect("config-inited", lambda app, config: write_pages(Path(app.srcdir) / "reference"))
    return {"parallel_read_safe": True}


def write_pages(folder: Path) -> None:
    """Write the generated pages into a folder."""
    for lang, suffix in SUFFIXES.items():
        for name, text in (("commands", commands_page(lang)), ("checks", checks_page(lang))):
            page = folder / f"{name}{suffix}.md"
            if not page.is_file() or page.read_text(encoding="utf-8") != text:
                page.write_text(text, encoding="utf-8")


def commands_page(lang: Language) -> str:
    """Return the help of every command in a language, as Markdown."""
    parts = [COMMANDS[lang]]
    for path in command_paths(main, ()):
        title = " ".join(("gongkai", *path))
        parts += [f"## {title}\n", f"```text\n{help_text(path, lang)}```\n"]
    return "\n".join(parts)


def command_paths(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the words of a command and of all commands below it, `()` for the program itself."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from command_paths(below, (*path, name))


def help_text(path: tuple[str, ...], lang: Language) -> str:
    """Return what a command prints with --help in a language.

    Raises:
        RuntimeError: when the command does not print its help.
    """
    shown = CliRunner().invoke(
        main,
        [*path, "--help"],
        prog_name="gongkai",
        env={"GONGKAI_LANG": lang},
        terminal_width=WIDTH,
        max_content_width=WIDTH,
    )
    if shown.exit_code:
        raise RuntimeError(f"gongkai {' '.join(path)} --help: {shown.output}")
    return shown.output


def checks_page(lang: Language) -> str:
    """Return a table of all rules in a language, as Markdown."""
    rows = [f"| `{rule.id}` | {rule.title(lang)} | {rule.about(lang)} |" for rule in RULES.values()]
    return "\n".join((CHECKS[lang], "|---|---|---|", *rows, ""))
