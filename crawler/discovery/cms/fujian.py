"""Fujian's template of TRS 海云, one for the whole province: lists from /fjdzapp/search.

The page has the first rows; its last script tells how many there are and how the others are asked for:

    listModel({listArgs: {channelid: SiteInfo.searchId, classsql: "" || "chnlid=1813", …},
               pagebar: {prepage: 10, recordCount: '20', …}})

Met on www.pingtan.gov.cn, www.sm.gov.cn, the hosts of putian.gov.cn and of fujian.gov.cn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from gongkai.crawler.discovery.cms.trs import Trs
from gongkai.crawler.discovery.list_request import Json, ListRequest
from gongkai.crawler.discovery.numbered_request import NumberedRequest
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.discovery.script_evaluation import Evaluator
from gongkai.crawler.discovery.scripting.script_values import NotReadable, Other, Value, read_value

LIST_MODEL = re.compile(r"\blistModel\s*+\(\s*+(?=\{)")
INTERFACE = re.compile(r"""["']((?:https?://[^"'/\s]{1,100})?/fjdzapp/(?:search|data))["'?]""")
DEFAULT_INTERFACE = "/fjdzapp/search"
DEFAULT_SIZE = 15
LITERAL = re.compile(r""""([^"\n]{0,300})"|'([^'\n]{0,300})'""")


class Fujian(Trs):
    """The columns are numbers of an index; without `classsql` it answers with the whole site."""

    name = "fujian"
    whole_addresses = None
    signature = re.compile(r"""\blist2?\.trsapi\b|/fjdzapp/|ms-controller=["']windowRoot["']""")

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the requests for the rows that the page does not have itself."""
        if page.request:
            yield from super().list_requests(page)
            return
        evaluator = Evaluator(page.script_context)
        for options in _list_models(page):
            found = _first_request(page, options, evaluator)
            if found is None:
                continue
            rows = _number(_object(options.get("pagebar")).get("recordCount"), evaluator)
            pages = -(-rows // found.size)
            shown = len({link.url for link in page.links if link.dated})
            # the page may show fewer rows than an answer has; its first answer counts the rows else
            is_first_page = pages > 0 and shown >= min(found.size, rows)
            for number in range(2 if is_first_page else 1, max(pages, 1) + 1):
                yield found.page(number)


def _list_models(page: WebPage) -> Iterator[Mapping[str, Value]]:
    for call in LIST_MODEL.finditer(page.scripts.text):
        try:
            options = read_value(page.scripts.text, call.end())
        except NotReadable:
            continue
        if isinstance(options, dict):
            yield options


def _first_request(
    page: WebPage, options: Mapping[str, Value], evaluator: Evaluator
) -> NumberedRequest | None:
    """Return the request for the first page, None where the column or the index is unknown."""
    given = _object(options.get("listArgs"))
    fields: dict[str, Json] = {}
    for name, value in given.items():
        if (known := _value(value, evaluator)) not in (None, ""):
            fields[name] = known
    if "classsql" not in fields and (column := page.meta("ChnlId")):
        fields["classsql"] = f"chnlid={column}"
    if "channelid" not in fields or "classsql" not in fields:
        return None
    size = _number(_object(options.get("pagebar")).get("prepage"), evaluator)
    named = INTERFACE.search(page.scripts.text)
    return NumberedRequest(
        urljoin(page.base_url, named[1] if named else DEFAULT_INTERFACE),
        "POST",
        (),
        fields | {"page": 1, "prepage": size or DEFAULT_SIZE},
    )


def _number(value: Value, evaluator: Evaluator) -> int:
    text = str(_value(value, evaluator))
    return int(text) if text.isdigit() and len(text) <= 6 else 0


def _value(value: Value, evaluator: Evaluator) -> Json:
    """Return a value; of `"" || "chnlid=7"` the one that is not empty."""
    if isinstance(value, Other) and "||" in value.source:
        literals = (first or second for first, second in LITERAL.findall(value.source))
        return next(filter(None, literals), None)
    return evaluator.json(value)


def _object(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, dict) else {}
