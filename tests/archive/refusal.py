"""What a command does when it cannot run."""

from __future__ import annotations

from click.testing import Result


def refused(result: Result, *words: str) -> None:
    """Hold that a command ended with 2 and one line that has these words in it."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = [text for text in result.stderr.splitlines() if text.startswith("错误：")]
    assert all(word in line for word in words), line
    assert "Traceback" not in result.stderr
