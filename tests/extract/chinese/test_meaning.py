"""Text whose characters have no meaning is no other document: nobody can say what it is."""

from __future__ import annotations

import pytest

from gongkai.extract.chinese.meaning import is_meaningless
from gongkai.extract.report import read
from tests.paths import REPORTS

REPORT = "清河县教育局2024年政府信息公开工作年度报告。本年新收政府信息公开申请12件，上年结转3件。"


@pytest.mark.parametrize(
    "text",
    [
        REPORT.encode().decode("gbk", "replace"),
        REPORT.encode("gbk").decode("latin-1"),
        "".join(chr(0xE000 + n) for n in range(60)),
        "\ufffd" * 40 + "2024 12 3",
        "".join(chr(0x2701 + n % 80) for n in range(90)),
    ],
)
def test_text_that_lost_its_letters_has_no_meaning(text: str) -> None:
    assert is_meaningless(text * 2)
    assert read(("\n".join([text] * 4)).encode()).outcome == "unreadable"


@pytest.mark.parametrize(
    "text",
    [
        REPORT,
        "清河縣教育局二○二四年政府資訊公開工作年度報告，依法主動公開，並受理申請。",
        "Le comité a été créé à Genève où siège déjà l’Organisation européenne, près du théâtre.",
        "Bộ Giáo dục và Đào tạo ban hành thông tư quy định về công khai thông tin",
        "情報公開の年次報告書を公表しました。お問い合わせは総務課まで。",
        "བོད་ལྗོངས་སྲིད་གཞུང་གི་གསལ་བསྒྲགས།",
        "1 234 567 89.00 % —— …… ① ② ③",
        "",
    ],
)
def test_text_of_any_language_has_meaning(text: str) -> None:
    assert not is_meaningless(text * 4)


def test_a_few_lost_letters_leave_the_meaning() -> None:
    body = (REPORTS / "pdf-ghostscript-lossy/source.pdf").read_bytes()
    assert read(body).outcome == "report"
