"""A message: the key of a text and what goes into it. The text itself is in `locale/`.

Code that finds something out gives a `Message`; the command line, the site and the archive's
`message_zh` and `message_en` columns render it (`gongkai.catalogue`). What is stored is the key
and its parameters, so that a text can be improved without touching stored rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Union

Value = Union[str, int, float, "Message", tuple["Message", ...]]
"""What goes into a text. A message, or a list of messages, is rendered in the language around it."""

_NONE: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Message:
    """The key of a text in the catalogues, and the parameters of that text by name."""

    key: str
    params: Mapping[str, Value] = field(default_factory=lambda: _NONE)

    def __str__(self) -> str:
        """Return the stored form: the key, and the parameters as JSON where there are any.

        >>> str(Message("pdf_damaged", {"why": "PSEOF"}))
        'pdf_damaged {"why": "PSEOF"}'
        """
        if not self.params:
            return self.key
        return f"{self.key} {json.dumps(_plain(self.params), ensure_ascii=False, sort_keys=True)}"

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        return Message, (self.key, dict(self.params))


def message(key: str, /, **params: Value) -> Message:
    """Return a message with its parameters.

    >>> message("sites_unknown", names="x").params["names"]
    'x'
    """
    return Message(key, params)


def parse_message(text: str) -> Message:
    """Return the message of a stored form. Text that is no stored form becomes a key of its own.

    >>> parse_message('pdf_damaged {"why": "PSEOF"}')
    Message(key='pdf_damaged', params={'why': 'PSEOF'})
    """
    key, _, params = text.partition(" ")
    if not params.startswith("{"):
        return Message(text)
    try:
        known = json.loads(params)
    except ValueError:
        return Message(text)
    return Message(key, {name: _revived(value) for name, value in known.items()})


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return {"key": value.key, "params": _plain(value.params)}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _revived(value: object) -> Value:
    if isinstance(value, dict):
        params = value.get("params", {})
        return Message(str(value["key"]), {name: _revived(each) for name, each in params.items()})
    if isinstance(value, list):
        return tuple(each for each in map(_revived, value) if isinstance(each, Message))
    assert isinstance(value, str | int | float)
    return value
