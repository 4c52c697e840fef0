"""Texts of the site in the language of the reader, for Python and for templates."""

from __future__ import annotations

from typing import Any

from gongkai.catalogue import Language, text
from gongkai.messages import Value
from gongkai.publish.datasette_types import Datasette, Translator
from gongkai.publish.site import site_of


def translator(lang: Language) -> Translator:
    """Return a function that gives texts in a language.

    It raises `gongkai.catalogue.UnknownText` for a key that is not in the catalogues.
    """

    def translate(key: str, /, **params: Value) -> str:
        return text(lang, key, **params)

    return translate


def translator_of(datasette: Datasette) -> Translator:
    """Return the translator for the language of a Datasette instance."""
    return translator(site_of(datasette).lang)


def install_texts(environment: Any, translate: Translator) -> None:
    """Let templates call `_(key, n=3)` for a text, by Jinja's i18n extension.

    The callables are the old-style ones: they fill in the parameters themselves, so that Jinja
    escapes the finished text like any other string.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(
        gettext=translate,
        ngettext=lambda key, _plural, n: translate(key, n=n),
        newstyle=False,
    )
