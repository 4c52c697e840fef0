"""The words by which the headers and labels of the three tables are recognised.

They are chosen by table, not by layout, because a header can be misspelt, torn apart or incomplete.
"""

from __future__ import annotations

from gongkai.extract.forms.form_2019 import FORM_2019
from gongkai.extract.forms.form_2021 import FORM_2021

_FORMS = (FORM_2021, FORM_2019)

FORM_WORDS = ("自然人", "规章", "规范性文件", "行政复议", "本年新收", "予以公开", "结果维持")
"""A table with one of these words belongs to the form, or has a table of the form inside."""

TABLE_BEGINNINGS = ("信息内容", "申请人情况")
"""Words of the row with which a header begins."""

DISCLOSURE_HEADERS = ("信息内容", "第二十条第")
DISCLOSURE_LABELS = tuple(word for form in _FORMS for row in form.disclosures for word in row.words)
DISCLOSURE_COLUMNS = tuple(
    word
    for form in _FORMS
    for row in form.disclosures
    for column in row.columns
    for word in column.words
)
DISCLOSURE_COLUMN_HINTS = (
    "制发",
    "废止",
    "有效件",
    "新制作",
    "新公开",
    "处理决定",
    "金额",
)
"""Words of the columns of section two, one of which is present even if others are misspelt."""

ONLY_IN_2021 = ("制发件数", "废止件数", "止件数", "现行有效", "收费金额")
ONLY_IN_2019 = (
    "新制作",
    "新公开",
    "公开总数",
    "上一年项目",
    "增/减",
    "增减",
    "集中采购",
    "对外管理服务",
)

REQUEST_HEADERS = ("申请人情况", "法人或其他组织", "勾稽关系")
"""Words of the header of section three that name no applicant."""

APPLICANT_GROUPS = ("自然人", "商业企业")
"""Applicants that no other table names."""

APPLICANT_HEADERS = (*APPLICANT_GROUPS, "科研机构", "法律服务机构")

PROCEEDING_WORDS = ("行政复议", "行政诉讼", "未经复议", "复议后")
LITIGATION_HEADERS = ("行政复议", "行政诉讼", "未经复议", "复议后起诉", "结果维持", "结果纠正")
LITIGATION_RESULTS = ("其他结果", "尚未审结")
LITIGATION_COLUMN_HINTS = ("维持", "纠正", "审结")
"""Words of the columns of section four, one of which is present even if others are misspelt."""

HEADER_PIECES = frozenset(
    ("商业", "企业", "科研", "机构", "社会公", "益组织", "法律服", "务机构", "结果", "维持", "纠正",
     "尚未", "审结", "未审结", "其他", "总计", "合计", "小计")
)  # fmt: skip
"""Pieces of headers that were broken inside their cells, and words that stand in two tables."""
