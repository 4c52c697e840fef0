"""The names by which templates draw charts and link their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from gongkai.publish.charts.inline_picture import chart_address, inline_picture, key_square
from gongkai.publish.datasette_types import Datasette
from gongkai.publish.site import public_address
from gongkai.publish.wording.translation import translator_of


def chart_names(datasette: Datasette) -> Mapping[str, Any]:
    """Return functions of templates by name."""
    t = translator_of(datasette)
    return {
        "chart_picture": partial(inline_picture, separator=t("list_comma"), colon=t("colon")),
        "chart_key": key_square,
        # the base of a request may have a prefix of its own
        "chart_address": lambda page, key: chart_address(page, key, datasette.urls.path("")),
        "public_url": partial(public_address, datasette),
    }
