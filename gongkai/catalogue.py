"""The texts of `locale/` in the language of the reader: gettext catalogues, read with Babel.

A text is found by its key. Each language has one catalogue a stage (`locale/en/LC_MESSAGES/extract.po`);
keys are unique over all of them. A text with a plural is chosen by its parameter `n`.
"""

from __future__ import annotations

import io
import locale
import os
import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from gongkai.credentials import mask_text
from gongkai.errors import GongkaiError
from gongkai.messages import Message, Value, parse_message

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOCALES: Mapping[Language, str] = {"zh": "zh_CN", "en": "en"}
DOMAINS = ("extract", "crawler", "archive", "publish")
_LIST = {"zh": "、", "en": ", "}


_SURROGATE = re.compile("[\udc80-\udcff]")
_FOREIGN_NAME = re.compile("[^/]*")
"""A part of a path: the second byte of a character in GBK may be a letter."""

_chosen: dict[str, Language] = {}


class UnknownText(LookupError):
    """A key that no catalogue of the language has."""


class _Unknown(NullTranslations):
    """The last catalogue asked: it says that a key is not there."""

    def gettext(self, message: str) -> str:
        raise UnknownText(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise UnknownText(msgid1)


@cache
def translations(lang: Language) -> NullTranslations:
    """Return all texts of a language as gettext translations; unknown keys raise `UnknownText`."""
    merged: NullTranslations = _Unknown()
    for domain in DOMAINS:
        path = files("gongkai") / "locale" / LOCALES[lang] / "LC_MESSAGES" / f"{domain}.po"
        if not path.is_file():
            continue
        with path.open("rb") as source:
            catalogue = read_po(source, locale=LOCALES[lang])
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        known = GNUTranslations(compiled)
        known.add_fallback(merged)
        merged = known
    return merged


def text(lang: Language, key: str | Message, /, **params: Value) -> str:
    """Return a text in a language, its parameters filled in. Raises UnknownText.

    A parameter that is a message is rendered in the same language, a list of messages with the
    language's comma between them; no address in a text shows a password. The count `n` is printed with its thousands apart: 1,234.
    """
    if isinstance(key, Message):
        params = {**key.params, **params}
        key = key.key
    known = translations(lang)
    count = params.get("n")
    if isinstance(count, int):
        try:
            template = known.ngettext(key, key, count)
        except UnknownText:
            template = known.gettext(key)
    else:
        template = known.gettext(key)
    shown = {name: _rendered(lang, value) for name, value in params.items()}
    return template % (shown | {"n": f"{count:,}"} if isinstance(count, int) else shown)


def stored_text(lang: Language, stored: str) -> str:
    """Return the text of a message in its stored form; any other text is returned as it is.

    >>> stored_text("en", "zip_locked"), stored_text("en", "HTTP 404"), stored_text("en", "")
    ('the ZIP asks for a password', 'HTTP 404', '')
    """
    if not stored:
        return ""  # gettext has the head of the catalogue under this key
    try:
        return text(lang, parse_message(stored))
    except UnknownText:
        return stored


def error_text(lang: Language, problem: BaseException) -> str:
    """Return the text of an error: of its message, or what it says where it is not one of ours."""
    return text(lang, problem.message) if isinstance(problem, GongkaiError) else str(problem)


def stored_message(stored: str) -> Message | str:
    """Return the message of a stored form, as a parameter of another message.

    Any other text is returned as it is.
    """
    found = parse_message(stored)
    try:
        translations("en").gettext(found.key)
    except UnknownText:
        return stored
    return found


def _rendered(lang: Language, value: Value) -> str | int | float:
    if isinstance(value, Message):
        return text(lang, value)
    if isinstance(value, tuple):
        return _LIST[lang].join(text(lang, each) for each in value)
    return mask_text(readable(value)) if isinstance(value, str) else value


def readable(text: str) -> str:
    """Return a text with names of files in GBK as they are read on Windows.

    Python has a surrogate for each of their bytes, which no terminal can show.
    """
    return _FOREIGN_NAME.sub(_decode_name, text) if _SURROGATE.search(text) else text


def _decode_name(found: re.Match[str]) -> str:
    if not _SURROGATE.search(found[0]):
        return found[0]  # this part of the path is UTF-8
    return found[0].encode("utf-8", "surrogateescape").decode("gb18030", "replace")


def choose_language(lang: Language) -> None:
    """Choose the language of this process, for texts that are made outside of a command.

    Threads of the server and the log have no command around them.
    """
    _chosen["language"] = lang


def language_of_process() -> Language:
    """Return the language that was chosen for this process, else that of the environment."""
    return _chosen.get("language") or language_of_environment()


def language_of_environment() -> Language:
    """Return the language of the terminal: English where the environment asks for it, else Chinese.

    `GONGKAI_LANG` wins over `LC_ALL`, `LC_MESSAGES` and `LANG`; without any of them, or with the
    C locale, people get Chinese.
    """
    for name in ("GONGKAI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value.partition(".")[0] in ("C", "POSIX"):
            return "zh"  # `normalize` takes C.UTF-8 for American English
        value = locale.normalize(value).lower()
        if value.startswith("en"):
            return "en"
        if value.startswith("zh"):
            return "zh"
    return "zh"
