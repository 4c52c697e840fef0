"""Two documents of a report are compared; those that different agencies signed are told."""

from __future__ import annotations

import pytest

from gongkai.extract.checks.copies import compare_copies
from gongkai.extract.forms import SECTIONS
from gongkai.extract.model.report import Report, Source
from gongkai.extract.report import read

WHERE = "http://www.pingluo.gov.cn/b.html"


def signed_by(name: str) -> Report:
    """A report of 平罗县人民政府 in words alone, with a signature."""
    title = "平罗县2023年政府信息公开工作年度报告"
    text = "".join(f"<p>{heading}</p><p>按期答复。</p>" for _, heading in SECTIONS)
    end = f"<p>{name}</p><p>2024年1月15日</p>"
    page = f"<html><head><meta charset=utf-8></head><body><h1>{title}</h1><div>{text}{end}</div></body></html>"
    found = read(page.encode(), Source(site_region="640221")).report
    assert found is not None
    return found


def test_another_signature_is_told() -> None:
    """Seen: reports of towns stood as copies below the report of their county, without a word."""
    one, other = signed_by("平罗县人民政府"), signed_by("平罗县崇岗镇人民政府")
    (found,) = compare_copies(one, other, WHERE)
    assert (found.rule, found.scope, found.verdict) == ("readings_disagree", "", "unsure")
    assert (found.left, found.right) == ("平罗县人民政府", "平罗县崇岗镇人民政府")
    assert WHERE in found.message_zh
    assert WHERE in found.message_en


@pytest.mark.parametrize("name", ["县政府", "平罗县人民政府办公室", "平罗县政府办", ""])
def test_the_same_signature_in_other_words(name: str) -> None:
    assert compare_copies(signed_by("平罗县人民政府"), signed_by(name), WHERE) == []
