"""Safe headers on every answer, and only GET and HEAD on every address."""

from datasette import hookimpl

from gongkai.publish.http.security import guarded


@hookimpl
def asgi_wrapper(datasette):
    """Wrap the application so that no answer leaves without its headers."""
    return lambda app: guarded(app, datasette.setting("base_url"))
