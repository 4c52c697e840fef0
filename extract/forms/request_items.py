"""The table of section three, with the same columns in both layouts.

A row is recognised by its `words`, whatever its numbering, spaces and brackets. They are chosen so
that no label of the official form contains the words of two rows.
"""

from __future__ import annotations

from gongkai.extract.forms.form import Column, Identity, Item

RESULT = "三、本年度办理结果"
NOT_DISCLOSED = "（三）不予公开"
UNAVAILABLE = "（四）无法提供"
NOT_PROCESSED = "（五）不予处理"
OTHERWISE = "（六）其他处理"

GROUPS = {
    "不予公开": NOT_DISCLOSED,
    "无法提供": UNAVAILABLE,
    "不予处理": NOT_PROCESSED,
    "其他处理": OTHERWISE,
}
"""Words of a group label, which may stand in a row of its own or in front of its first row."""

APPLICANTS = (
    Column("natural_person", "自然人", "form.applicant.natural_person", ("自然人",)),
    Column("business", "商业企业", "form.applicant.business", ("商业企业", "企业")),
    Column(
        "research_institute", "科研机构", "form.applicant.research_institute", ("科研机构", "科研")
    ),
    Column(
        "public_interest_org",
        "社会公益组织",
        "form.applicant.public_interest_org",
        ("社会公益组织", "公益组织", "公益"),
    ),
    Column(
        "legal_service_org",
        "法律服务机构",
        "form.applicant.legal_service_org",
        ("法律服务机构", "法律服务"),
    ),
    Column("other_org", "其他", "form.applicant.other_org", ("其他", "其它")),
    Column("total", "总计", "form.applicant.total", ("总计", "合计", "小计")),
)

ITEMS_2021 = (
    Item(
        "new",
        "一、本年新收政府信息公开申请数量",
        "form.request.new",
        "",
        (("本年新收",), ("本年度新收",), ("本年收到",)),
    ),
    Item(
        "carried_in",
        "二、上年结转政府信息公开申请数量",
        "form.request.carried_in",
        "",
        (("上年结转",), ("上年度结转",), ("上一年结转",)),
    ),
    Item("granted", "（一）予以公开", "form.request.granted", RESULT, (("予以公开",),)),
    Item(
        "granted_partly",
        "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
        "form.request.granted_partly",
        RESULT,
        (("部分公开",),),
    ),
    Item(
        "refused_state_secret",
        "1.属于国家秘密",
        "form.request.refused_state_secret",
        NOT_DISCLOSED,
        (("国家秘密",),),
    ),
    Item(
        "refused_law_forbids",
        "2.其他法律行政法规禁止公开",
        "form.request.refused_law_forbids",
        NOT_DISCLOSED,
        (("法规禁止",), ("禁止公开",)),
    ),
    Item(
        "refused_three_securities",
        "3.危及“三安全一稳定”",
        "form.request.refused_three_securities",
        NOT_DISCLOSED,
        (("三安全",),),
    ),
    Item(
        "refused_third_party",
        "4.保护第三方合法权益",
        "form.request.refused_third_party",
        NOT_DISCLOSED,
        (("第三方合法权益",), ("第三人合法权益",)),
    ),
    Item(
        "refused_internal_affairs",
        "5.属于三类内部事务信息",
        "form.request.refused_internal_affairs",
        NOT_DISCLOSED,
        (("内部事务",),),
    ),
    Item(
        "refused_process_info",
        "6.属于四类过程性信息",
        "form.request.refused_process_info",
        NOT_DISCLOSED,
        (("过程性信息",),),
    ),
    Item(
        "refused_enforcement_file",
        "7.属于行政执法案卷",
        "form.request.refused_enforcement_file",
        NOT_DISCLOSED,
        (("执法案卷",),),
    ),
    Item(
        "refused_admin_query",
        "8.属于行政查询事项",
        "form.request.refused_admin_query",
        NOT_DISCLOSED,
        (("行政查询",),),
    ),
    Item(
        "unavailable_not_held",
        "1.本机关不掌握相关政府信息",
        "form.request.unavailable_not_held",
        UNAVAILABLE,
        (("不掌握",),),
    ),
    Item(
        "unavailable_needs_creation",
        "2.没有现成信息需要另行制作",
        "form.request.unavailable_needs_creation",
        UNAVAILABLE,
        (("没有现成信息",), ("另行制作",)),
    ),
    Item(
        "unavailable_still_unclear",
        "3.补正后申请内容仍不明确",
        "form.request.unavailable_still_unclear",
        UNAVAILABLE,
        (("补正后",),),
    ),
    Item(
        "rejected_complaint",
        "1.信访举报投诉类申请",
        "form.request.rejected_complaint",
        NOT_PROCESSED,
        (("信访举报投诉",), ("信访",)),
    ),
    Item(
        "rejected_repeat",
        "2.重复申请",
        "form.request.rejected_repeat",
        NOT_PROCESSED,
        (("重复申请",),),
    ),
    Item(
        "rejected_publication",
        "3.要求提供公开出版物",
        "form.request.rejected_publication",
        NOT_PROCESSED,
        (("公开出版物",),),
    ),
    Item(
        "rejected_excessive",
        "4.无正当理由大量反复申请",
        "form.request.rejected_excessive",
        NOT_PROCESSED,
        (("大量反复",), ("反复申请",)),
    ),
    Item(
        "rejected_reconfirmation",
        "5.要求行政机关确认或重新出具已获取信息",
        "form.request.rejected_reconfirmation",
        NOT_PROCESSED,
        (("重新出具",), ("确认或重新",)),
    ),
    Item(
        "other_overdue_correction",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "form.request.other_overdue_correction",
        OTHERWISE,
        (("逾期不补正",),),
    ),
    Item(
        "other_overdue_fee",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "form.request.other_overdue_fee",
        OTHERWISE,
        (("收费通知",), ("缴纳费用",)),
    ),
    Item("other", "3.其他", "form.request.other", OTHERWISE, (("其他处理",),)),
    Item(
        "total_handled", "（七）总计", "form.request.total_handled", RESULT, (("总计",), ("合计",))
    ),
    Item(
        "carried_out",
        "四、结转下年度继续办理",
        "form.request.carried_out",
        "",
        (("结转下年",), ("结转下一年",)),
    ),
)

_SPLIT_IN_2021 = ("other_overdue_correction", "other_overdue_fee", "other")
ITEMS_2019 = tuple(
    Item("other", OTHERWISE, "form.request.other_2019", RESULT, (("其他处理",),))
    if item.key == "other"
    else item
    for item in ITEMS_2021
    if item.key not in _SPLIT_IN_2021[:2]
)
"""In the 2019 layout （六）其他处理 is a single row."""

OUTCOMES = tuple(
    item.key
    for item in ITEMS_2021
    if item.key not in ("new", "carried_in", "total_handled", "carried_out")
)
"""The rows that say how requests were answered."""

IDENTITIES = (
    Identity("requests_balance", ("new", "carried_in"), ("total_handled", "carried_out")),
    Identity("requests_outcome_sum", OUTCOMES, ("total_handled",)),
)
"""The form's own 勾稽关系, printed in its corner cell, and the sum of the outcomes."""
