"""/static/<file>: style sheets, scripts and pictures of the pages."""

from __future__ import annotations

import re
from functools import cache
from mimetypes import guess_type

from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.template_loader import TEMPLATES
from gongkai.publish.views.responses import respond

STATIC = TEMPLATES.with_name("static")
_FILES = "|".join(re.escape(path.name) for path in sorted(STATIC.iterdir()))
PATTERN = rf"^/static/(?P<name>{_FILES})$"


async def static_file(request: Request, datasette: Datasette) -> Response:
    """Return a file of the package."""
    body, media_type = _read(request.url_vars["name"])
    return respond(body, media_type, headers={})


@cache
def _read(name: str) -> tuple[bytes, str]:
    return (STATIC / name).read_bytes(), guess_type(name)[0] or "application/octet-stream"
