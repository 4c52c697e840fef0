"""`gongkai add` on a hostile file ends soon, in bounds, with one line that says what is wrong.

All of them: `python -m tests.hostile.add`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.add import added


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.html", "文件为空"),
        ("locked.pdf", "需要密码"),
        ("laughs.docx", "不可读"),
        ("slip.zip", "不是报告"),
        ("binary.bin", "超过4000000字节的上限"),
    ],
)
def test_one_line_says_what_is_wrong(name: str, said: str, tmp_path: Path) -> None:
    ended = added(name, tmp_path)
    assert (ended.code, len(ended.lines)) == (2, 1), ended
    assert said in ended.lines[0]
    assert ended.seconds < 60
    assert ended.mib < 1024
    assert not (tmp_path / "a.db").exists()
