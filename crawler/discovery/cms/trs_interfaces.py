"""Interfaces of TRS that fill lists: IGS and WAS by GET, IRS by POST with JSON.

    /igs/front/search/publish/data/list.html?siteId=9&filter[CHANNELID]=7001&pageNumber=1  {"rows": […]}
    /was5/web/search?channelid=2&classsql=chnlid%3D7&page=1      a piece of HTML, or nearly JSON
    /irs/front/list   {"tenantId": 9, "tableName": "t_…", "pageNo": 1, …}     {"data": {"list": […]}}

What is sent stands in the page's script; the rows may lead to any page of the site. Met in Nanjing and
Tianjin (IGS), in Fuzhou (WAS), in departments of Guizhou and Guangxi (IRS).
"""

from __future__ import annotations

import re

from gongkai.crawler.discovery.cms.trs import Trs


class TrsIgs(Trs):
    """The rows have names in capitals: DOCTITLE, DOCPUBURL."""

    name = "trs-igs"
    whole_addresses = None
    signature = re.compile(
        r"/igs/front/search(?:/publish)?[/\w]{0,60}+\.j?html\b|/igs/front/search/list"
    )


class TrsWas(Trs):
    """The answer is a piece of HTML, or JSON that other programs than a browser reject."""

    name = "trs-was"
    whole_addresses = None
    signature = re.compile(r"/was[45]?/web/search\b")


class TrsIrs(Trs):
    """The rows are those of a table: the address is `doc_pub_url`, the title in `f_<digits>`."""

    name = "trs-irs"
    whole_addresses = None
    signature = re.compile(r"/irs/front/list\b")
