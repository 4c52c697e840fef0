"""/kept/<sha256>: the original of a report as it was fetched."""

import asyncio

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

from gongkai.publish.pages.report.originals import PREFIX, copy_of, headers, report_of
from gongkai.publish.site import DATABASE, site_of
from gongkai.publish.wording.template_names import strings_of


@hookimpl
def register_routes():
    """Answer for kept copies."""
    return [(r"^/kept/(?P<digest>[0-9a-f]{64})$", kept)]


async def kept(request, datasette):
    """Send the kept copy of a report's document. Raises NotFound where there is none."""
    digest = PREFIX + request.url_vars["digest"]
    t = strings_of(datasette)
    read_copy = site_of(datasette).read_copy

    def find(conn):
        report_id = report_of(conn, digest)
        return (report_id, copy_of(conn, digest)) if report_id else (None, None)

    report_id, copy = await datasette.get_database(DATABASE).execute_fn(find)
    if copy is None:
        raise NotFound(t("kept_unknown"))
    if read_copy is None:
        raise NotFound(t("kept_elsewhere"))
    try:
        body = await asyncio.to_thread(read_copy, copy.snapshot)
    except (LookupError, OSError) as problem:
        raise NotFound(t("kept_lost", warc=copy.warc, offset=copy.offset)) from problem
    sent = headers(copy, report_id, body)
    return Response(body, headers=sent, content_type=sent["content-type"])
