"""The attributes of an element, whatever their names are."""

from __future__ import annotations

from parsel import Selector


def attribute(tag: Selector, name: str) -> str:
    """Return the value of an attribute, "" where the element does not have it."""
    return str(tag.root.get(name, ""))


def attributes_of(tag: Selector) -> dict[str, str]:
    """Return the attributes of an element by name.

    parsel looks each one up by its name, and lxml refuses names that pages have, such as `{{a}}b`.
    """
    return dict(tag.root.attrib.items())
