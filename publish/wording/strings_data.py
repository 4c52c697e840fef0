"""Words of the data, status, feed and compare pages, in Chinese and in English, by key."""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.archive.publication.words import DATA as LICENCE

DATA: Mapping[str, tuple[str, str]] = {
    "data_page": ("数据与下载", "Data and downloads"),
    "data_about": (
        "全部数据均可下载、筛选和引用；每个数字都可追溯到原网页。",
        "All data can be downloaded, filtered and cited; every figure leads back to its page.",
    ),
    "data_tables": ("浏览数据表", "Browse the tables"),
    "data_dictionary": ("数据字典", "Data dictionary"),
    "downloads": ("下载", "Downloads"),
    "downloads_none": (
        "本服务器没有预先制作的下载文件；各数据表页面均可下载 CSV 与 JSON。",
        "No files were made for download on this server; every table page gives CSV and JSON.",
    ),
    "downloads_about": (
        "CSV 为 UTF-8 编码；“CSV（Excel）”带有 BOM，Excel 可直接打开。空白不等于零。",
        "CSV is in UTF-8; “CSV（Excel）” has the mark by which Excel knows it. Blank is not zero.",
    ),
    "file_archive": ("整个档案，SQLite 数据库", "the whole archive, an SQLite database"),
    "file_package": (
        "各文件与字段的说明（Frictionless Data Package）",
        "what the files and columns are (Frictionless Data Package)",
    ),
    "file_sums": ("全部文件的校验值", "checksums of all files"),
    "table": ("数据表", "Table"),
    "file": ("文件", "File"),
    "file_rows": ("行数", "Rows"),
    "no_file": ("没有这个文件。", "There is no such file."),
    "measures": ("指标的定义", "What the measures mean"),
    "measures_about": (
        "比率均附分母 n，n 小于 30 时默认不显示；合计中任何一项缺数，该报告即不计入。"
        "各地申请多寡、难易不同，比率高低不能直接说明优劣。",
        "Rates stand beside their n and are hidden below 30; a report with a missing part is left "
        "out of a sum. Requests differ from place to place: a rate alone ranks nobody.",
    ),
    "api": ("接口示例", "API examples"),
    "api_about": (
        "以下地址直接返回数据，无需登记。每页至多 1000 行，JSON 中的 next_url 指向下一页。",
        "These addresses give data; no registration. At most 1,000 rows a page; next_url leads on.",
    ),
    "cite_data": ("如何引用", "How to cite"),
    "citation_data": (
        "公开：政府信息公开工作年度报告档案，数据截至 {when}，{url}。",
        "Gongkai: archive of Chinese annual reports on open information, data as of {when}, {url}.",
    ),
    "cite_about": (
        "引用单份报告时，请用该报告页面底部的引用格式，其中含原网址与校验值。",
        "To cite one report, use the citation on its page: it has the address and the digest.",
    ),
    "licence": ("许可", "Licence"),
    "licence_about": (LICENCE.about_zh, LICENCE.about_en),
    "feeds_about": (
        "Atom 订阅；地区和机关页面另有各自的订阅。",
        "Atom; pages of regions and agencies have feeds of their own.",
    ),
    "feed_unknown": ("没有这个地区或机关。", "There is no such region or agency."),
    "status_about": (
        "每个来源最近一次采集的情况。静默即警报：采不到、被拦截、抓到空页，都列在这里。",
        "How the last crawl of every source went. Silence is an alarm: what could not be fetched, "
        "was blocked or came back empty is listed here.",
    ),
    "sources": ("各来源", "Sources"),
    "source": ("来源", "Source"),
    "health": ("状况", "Health"),
    "last_run": ("最近采集", "Last crawl"),
    "last_build": ("最近建库：{when}", "Last built {when}"),
    "earlier_runs": ("历次（旧→新）", "Runs, oldest first"),
    "days_ago": ("{n} 天前", "{n} days ago"),
    "today": ("一天之内", "within a day"),
    "health_well": ("正常", "well"),
    "health_errors": ("部分出错", "some errors"),
    "health_stale": ("久未采集", "stale"),
    "health_empty": ("一无所获", "nothing fetched"),
    "health_failed": ("失败", "failed"),
    "health_blocked": ("被拦截", "blocked"),
    "health_never": ("从未采集", "never crawled"),
    "healthy_well": ("最近一次采集完成，没有出错。", "The last crawl ended without errors."),
    "healthy_errors": (
        "采集完成，但有页面未能取得。",
        "It ended, but some pages could not be had.",
    ),
    "healthy_stale": ("超过 14 天没有采集。", "Not crawled for more than 14 days."),
    "healthy_empty": ("采集结束，却没有取得任何页面。", "It ended without a single page."),
    "healthy_failed": ("最近一次采集没有完成。", "The last crawl did not finish."),
    "healthy_blocked": (
        "网站防护拦截了采集；本库不绕过拦截，只如实记录。",
        "The site's protection blocked the crawl; this archive does not work around it.",
    ),
    "healthy_never": ("已登记，尚未采集。", "Registered, not crawled yet."),
}
