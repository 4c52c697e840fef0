"""ASGI and Datasette as types: the parts of both that the site uses.

Datasette has no type information of its own. These protocols describe Datasette 0.65.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Translator = Callable[..., str]
"""Returns the text of a key in the language of the site, with its parameters filled in."""

Row = Mapping[str, Any]
"""A row of the archive by column. Its values have the types that SQLite stored."""


class Arguments(Protocol):
    """The arguments of a query string. A name may have several values."""

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the first value of a name."""

    def getlist(self, name: str) -> list[str]:
        """Return all values of a name."""

    def __iter__(self) -> Iterator[str]: ...


class Request(Protocol):
    """A request. Paths are as they were sent, still percent-encoded."""

    @property
    def method(self) -> str:
        """The HTTP method, in upper case."""

    @property
    def path(self) -> str:
        """The path without the query string."""

    @property
    def full_path(self) -> str:
        """The path with the query string."""

    @property
    def query_string(self) -> str:
        """The query string without its question mark."""

    @property
    def scheme(self) -> str:
        """Either http or https."""

    @property
    def host(self) -> str:
        """The host that was asked."""

    @property
    def scope(self) -> Mapping[str, Any]:
        """What the server knows of the request; `route_path` is its path below the base of the site."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, with names in lower case."""

    @property
    def args(self) -> Arguments:
        """The arguments of the query string."""

    @property
    def actor(self) -> object:
        """Who has signed in, or None."""

    @property
    def url_vars(self) -> Mapping[str, str]:
        """The named groups of the address's pattern."""


class Response(Protocol):
    """Anything that can send itself as the answer to a request."""

    async def asgi_send(self, send: Send) -> None:
        """Send the answer."""


class Urls(Protocol):
    """Makes paths that begin with the base of the site."""

    def path(self, path: str) -> str:
        """Return the path with the base in front."""


class Database(Protocol):
    """A database of a Datasette instance."""

    name: str
    path: str | None
    is_mutable: bool

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function on a connection in a thread, and return its result."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Return a new connection, which any thread may use."""

    async def table_columns(self, table: str) -> list[str]:
        """Return the columns of a table or view."""

    async def get_view_definition(self, view: str) -> str | None:
        """Return the SQL of a view, or None if there is no such view."""


class Datasette(Protocol):
    """A Datasette instance."""

    databases: Mapping[str, Database]

    @property
    def urls(self) -> Urls:
        """Makes the paths of this instance."""

    def get_database(self, name: str) -> Database:
        """Return a database by name."""

    def add_database(self, db: Database, name: str) -> Database:
        """Add a database under a name."""

    def remove_database(self, name: str) -> None:
        """Remove a database."""

    def setting(self, name: str) -> Any:
        """Return the value of a setting."""

    def plugin_config(self, plugin_name: str) -> Mapping[str, Any] | None:
        """Return what the metadata configures for a plugin, or None."""

    async def ensure_permissions(
        self, actor: object, permissions: Sequence[str | tuple[str, object]]
    ) -> None:
        """Raise Forbidden if somebody may not do something."""

    def absolute_url(self, request: Request, path: str) -> str:
        """Return a path as an address with scheme and host."""

    async def render_template(
        self, templates: str, context: dict[str, object], request: Request
    ) -> str:
        """Return a rendered template."""

    async def expand_foreign_keys(
        self, database: str, table: str, column: str, values: Sequence[str]
    ) -> Mapping[tuple[str, str], str]:
        """Return the labels of foreign keys by (column, value)."""


View = Callable[[Request, Datasette], Awaitable[Response]]
"""A function that answers the requests for an address."""
