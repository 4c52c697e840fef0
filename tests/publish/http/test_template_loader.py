"""Which templates wait for something, and which are rendered in one go."""

from __future__ import annotations

import pytest
from datasette.app import Datasette
from jinja2 import UndefinedError

from gongkai.publish.http.template_loader import PREFIX, TEMPLATES


def test_pages_of_ours_wait_for_nothing(chinese: Datasette) -> None:
    """Datasette's own pages look up names of keys while they are rendered."""
    ours = [chinese.jinja_env.get_template(PREFIX + path.name) for path in TEMPLATES.iterdir()]
    assert len(ours) > 30
    assert not any(template.environment.is_async for template in ours)
    for name in ("table-archive-reports.html", "row-archive-reports.html", "database-archive.html"):
        assert chinese.jinja_env.get_template(name).environment.is_async, name


async def test_an_unknown_name_is_an_error_on_a_page_of_ours(chinese: Datasette) -> None:
    """Nothing is left out in silence."""
    with pytest.raises(UndefinedError):
        await chinese.render_template(f"{PREFIX}error.html", {})
