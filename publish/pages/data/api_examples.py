"""Examples of addresses that return data, for the data page. A test requests each of them."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.catalogue import Language, text


@dataclass(frozen=True, slots=True)
class Example:
    """An address. The description of what it returns is the text `api_example.KEY`."""

    key: str
    path: str

    def about(self, lang: Language) -> str:
        """Return the description in `lang`."""
        return text(lang, f"api_example.{self.key}")


EXAMPLES = (
    Example("reports", "/archive/reports.json?year=2024&_shape=objects&_size=5"),
    Example(
        "third_party",
        "/archive/requests.json?item=refused_third_party&total__gt=0&_shape=array",
    ),
    Example("rates", "/archive/report_summary.json?requests_handled__gte=30&_shape=array"),
    Example("missing", "/archive/coverage.csv?status=missing&year=2022&_size=max&_dl=1"),
    Example("balance", "/archive/checks.json?rule=requests_balance&_shape=array"),
    Example("refusals", "/search.csv?region=640000&year=2024&answer=refused"),
    Example(
        "search",
        "/archive/reports.json?_search=%E4%B8%89%E5%AE%A1%E4%B8%89%E6%A0%A1&_shape=array",
    ),
    Example("search_json", "/search.json?q=%E4%B8%8D%E4%BA%88%E5%85%AC%E5%BC%80&year=2024"),
    Example("names", "/names.json?q=pingluo"),
    Example("releases", "/releases.json"),
    Example("feed", "/feeds/reports.atom?region=640000"),
)
