"""Words of Datasette's table pages and of the error pages, in Chinese and in English, by key."""

from __future__ import annotations

from collections.abc import Mapping

TABLES: Mapping[str, tuple[str, str]] = {
    "database_title": ("数据", "Data"),
    "database_about": (
        "全部数据表。每张表都可筛选、排序，并下载为 CSV 或 JSON。",
        "All tables. Each can be filtered, sorted and downloaded as CSV or JSON.",
    ),
    "tables": ("数据表", "Tables"),
    "rows": ("{n} 行", "{n} rows"),
    "rows_matching": ("符合条件的有 {n} 行", "{n} matching rows"),
    "rows_none": ("没有符合条件的记录。", "No matching rows."),
    "columns": ("字段说明", "Columns"),
    "filter_and_sort": ("筛选与排序", "Filter and sort"),
    "filter_column": ("字段", "Column"),
    "filter_op": ("条件", "Condition"),
    "filter_value": ("值", "Value"),
    "filter_choose": ("（选择字段）", "(choose a column)"),
    "filter_remove": ("（取消此条件）", "(remove this filter)"),
    "filter_apply": ("应用", "Apply"),
    "filter_new": ("新条件", "New filter"),
    "filter_n": ("条件 {n}", "Filter {n}"),
    "table_search": ("表内检索", "Search this table"),
    "facets": ("分类", "Narrow down"),
    "facet_remove": ("取消", "remove"),
    "facet_more": ("（仅列前 {n} 项）", "(first {n} only)"),
    "facets_slow": ("部分分类统计超时。", "Some counts took too long."),
    "download": ("下载", "Download"),
    "next_rows": ("下一页", "Next page"),
    "sort_desc": ("降序", "descending"),
    "sort": ("排序", "Sort"),
    "record": ("记录", "Record"),
    "field": ("字段", "Field"),
    "value": ("值", "Value"),
    "related": ("相关记录", "Related records"),
    "definition": ("表结构（SQL）", "Schema (SQL)"),
    "link": ("查看", "Open"),
    "open_report": ("打开报告", "Open the report"),
    "view_note": ("汇总视图", "view"),
}

ERRORS: Mapping[str, tuple[str, str]] = {
    "error_400": ("请求有误", "The request is not right"),
    "error_403": ("不开放", "Not open"),
    "error_404": ("没有这个页面", "No such page"),
    "error_500": ("出错了", "Something went wrong"),
    "error_404_about": ("地址可能有误，或内容已变更。", "The address may be wrong."),
    "error_403_about": ("这部分内容不对外开放。", "This is not open to the public."),
    "error_500_about": (
        "服务器处理这个请求时出错，已记录。",
        "The server failed on this request; it was logged.",
    ),
    "error_400_about": ("地址中的参数无法理解。", "A parameter of the address is not understood."),
    "bad_sort": ("不能按“{column}”排序。", "Cannot sort by “{column}”."),
    "bad_column": ("没有“{column}”这个字段。", "There is no column “{column}”."),
    "bad_lookup": ("没有“{lookup}”这种条件。", "There is no filter “{lookup}”."),
    "bad_value": ("“{value}”不是有效的值。", "“{value}” is not a valid value."),
    "too_many": (
        "选了 {given} 项，一次至多 {most} 项。请返回上一页，去掉几项。",
        "{given} were chosen, at most {most} go at once. Go back and take some away.",
    ),
    "bad_argument": ("不支持参数“{name}”。", "The parameter “{name}” is not supported."),
    "too_slow": ("查询太慢，已停止。请缩小范围。", "The query took too long. Please narrow it."),
    "error_back": ("回到首页", "Back to the home page"),
}

LOOKUPS: Mapping[str, tuple[str, str]] = {
    "exact": ("等于", "equals"),
    "not": ("不等于", "is not"),
    "contains": ("包含", "contains"),
    "endswith": ("结尾是", "ends with"),
    "startswith": ("开头是", "starts with"),
    "gt": ("大于", "greater than"),
    "gte": ("不小于", "at least"),
    "lt": ("小于", "less than"),
    "lte": ("不大于", "at most"),
    "like": ("匹配（like）", "like"),
    "notlike": ("不匹配（like）", "not like"),
    "glob": ("匹配（glob）", "glob"),
    "in": ("属于（逗号分隔）", "in (comma separated)"),
    "notin": ("不属于（逗号分隔）", "not in (comma separated)"),
    "arraycontains": ("数组包含", "array contains"),
    "arraynotcontains": ("数组不包含", "array does not contain"),
    "date": ("日期是", "is on date"),
    "isnull": ("无值", "is null"),
    "notnull": ("有值", "is not null"),
    "isblank": ("空白", "is blank"),
    "notblank": ("非空白", "is not blank"),
}
"""Datasette's filters by their keys; a test holds that none of them lacks its words."""
