"""Words of the pages on agencies, regions and coverage, in Chinese and in English, by key."""

from __future__ import annotations

from collections.abc import Mapping

PLACES: Mapping[str, tuple[str, str]] = {
    "regions": ("地区", "Regions"),
    "country": ("全国", "The whole country"),
    "coverage": ("缺报与迟发", "Missing and late"),
    "changes": ("变更", "Changes"),
    "compare": ("比较", "Compare"),
    "source_status": ("来源状态", "Sources"),
    "agency_unknown": ("没有这个机关。", "There is no such agency."),
    "region_unknown": ("没有这个地区或这一页。", "There is no such region or page."),
    "agency_lead": (
        "收录报告 {found} 份；应有而未见 {missing} 年，迟发 {late} 年。",
        "{found} reports kept; {missing} years missing, {late} late.",
    ),
    "years_strip": ("历年报告", "Year by year"),
    "years_about": (
        "自首份已知报告起逐年列出。部门应于次年 1 月 31 日前发布，政府应于 3 月 31 日前发布；"
        "“未见”指本库在期限之后仍未采集到，不等于没有发布。",
        "From the first report known. Departments publish by 31 January, governments by 31 March; "
        "“missing” means not found by this archive after the deadline, not that none was published.",
    ),
    "days_late": ("迟 {n} 天", "{n} days late"),
    "due_by": ("应于 {day} 前", "due by {day}"),
    "charts": ("历年数字", "Figures over the years"),
    "charts_about": (
        "横线表示没有报告或没有数字，不是零。各图纵轴不同。",
        "A dash means no report or no figure, not zero. Each chart has its own scale.",
    ),
    "chart_requests": ("新收申请（件）", "New requests"),
    "chart_outcomes": ("办理结果（件）", "Outcomes"),
    "chart_reviews": ("行政复议（件）", "Administrative reviews"),
    "chart_suits": ("行政诉讼（件）", "Lawsuits"),
    "part_requests_new": ("新收申请", "New requests"),
    "part_granted": ("予以公开", "Granted"),
    "part_granted_partly": ("部分公开", "Granted in part"),
    "part_refused": ("不予公开", "Refused"),
    "part_unavailable": ("无法提供", "Unavailable"),
    "part_rejected": ("不予处理", "Not processed"),
    "part_other_handling": ("其他处理", "Handled otherwise"),
    "part_reviews_corrected": ("结果纠正", "Corrected"),
    "part_reviews_rest": ("维持、其他及未审结", "Upheld, other, pending"),
    "part_suits_corrected": ("结果纠正", "Corrected"),
    "part_suits_rest": ("维持、其他及未审结", "Upheld, other, pending"),
    "carries": ("跨年衔接", "From one year to the next"),
    "carries_about": (
        "上年报告的“结转下年”应等于下年报告的“上年结转”。",
        "What one report carries out, the next should carry in.",
    ),
    "carry_years": ("年度", "Years"),
    "carry_out": ("结转下年", "Carried out"),
    "carry_in": ("上年结转", "Carried in"),
    "carry_verdict": ("核对", "Check"),
    "carry_equal": ("= 相符", "= equal"),
    "carry_unequal": ("≠ 不符", "≠ not equal"),
    "carry_unknown": ("数字不全", "a figure is missing"),
    "all_its_reports": ("全部报告", "All its reports"),
    "report_title": ("标题", "Title"),
    "use_further": ("继续", "Further"),
    "compare_this": ("与他处比较", "Compare with others"),
    "search_this": ("检索此地报告", "Search its reports"),
    "summary_data": ("汇总数据", "Summary data"),
    "feeds": ("订阅", "Feeds"),
    "feed_reports": ("新报告", "New reports"),
    "feed_changes": ("变更", "Changes"),
    "feed_checks": ("核对未通过", "Failed checks"),
    "region_empty": (
        "本库还没有此地的报告。",
        "The archive has no report from here yet.",
    ),
    "region_totals": ("历年合计", "Totals by year"),
    "requests_heading": ("申请", "Requests"),
    "disputes_heading": ("争议", "Disputes"),
    "total_due": ("应有", "Due"),
    "total_here": ("收录", "Kept"),
    "total_missing": ("未见", "Missing"),
    "total_late": ("迟发", "Late"),
    "total_failed": ("有矛盾", "Contradictory"),
    "totals_about": (
        "只合计本库已收录且有数字的报告，不能代表未收录的机关。",
        "Sums of the reports that are kept and have the figure; they say nothing of others.",
    ),
    "rate_small": (
        "n 为分母；n 小于 30 的比率不显示。",
        "n is the denominator; rates with n below 30 are not shown.",
    ),
    "region_parts": ("下级地区", "The regions within"),
    "parts_about": (
        "每格为收录报告数与应有报告数，含各级下属机关。",
        "Reports kept out of those due, all levels below included.",
    ),
    "out_of": ("，应有", " of "),
    "matrix": ("机关与年度", "Agencies by year"),
    "matrix_n": ("{n} 个机关", "{n} agencies"),
    "matrix_about": (
        "圆点表示早于该机关首份已知报告，不计为缺报。",
        "A dot: before the first report known of this agency, so not counted as missing.",
    ),
    "not_due": ("不在统计范围", "not counted"),
    "siblings": ("与同级地区并列（{year} 年度）", "Beside its neighbours ({year})"),
    "siblings_about": (
        "按区划代码排列，不是排名：各地收录的机关不同，申请的难易也不同。",
        "In order of code, not a ranking: places differ in the agencies kept and in what is asked.",
    ),
    "coverage_title": ("缺报与迟发", "Missing and late reports"),
    "coverage_about": (
        "依《政府信息公开条例》第四十九条，部门应于次年 1 月 31 日前、政府应于 3 月 31 日前发布年度报告。"
        "“未见”指本库在期限之后仍未采集到：可能未发布，也可能发布在别处。",
        "By article 49 of the regulations departments publish by 31 January and governments by "
        "31 March. “Missing” means this archive found none after the deadline: it may not have "
        "been published, or elsewhere.",
    ),
    "coverage_n": ("{n} 项", "{n} entries"),
    "coverage_none": ("没有符合条件的机关。", "No agency matches."),
    "any_status": ("全部状态", "Any status"),
    "deadline": ("期限", "Deadline"),
    "days_late_head": ("迟发天数", "Days late"),
    "csv_list": ("下载此列表（CSV，可用 Excel 打开）", "Download this list (CSV, opens in Excel)"),
    "show": ("显示", "Show"),
}
