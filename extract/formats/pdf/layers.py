"""Find the layers of a PDF that are switched off when it is opened (ISO 32000, 8.11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pdfminer.pdftypes import PDFObjRef, dict_value, list_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name

_MOST_MEMBERS = 1_000


class Layers:
    """The layers of one document. Without any, nothing is hidden."""

    def __init__(self, catalog: Any = None) -> None:
        stated = dict_value(dict_value(catalog or {}).get("OCProperties", {}))
        usual = dict_value(stated.get("D", {}))
        self._off = _numbers(list_value(usual.get("OFF", [])))
        if _name(usual.get("BaseState")) == "OFF":
            on = _numbers(list_value(usual.get("ON", [])))
            self._off |= _numbers(list_value(stated.get("OCGs", []))) - on

    @property
    def has_hidden(self) -> bool:
        """Whether any layer is switched off."""
        return bool(self._off)

    def is_hidden(self, layer: Any) -> bool:
        """Return whether a layer, or a membership of layers, is not shown."""
        if not self._off or layer is None:
            return False
        if isinstance(layer, PDFObjRef) and layer.objid in self._off:
            return True
        spec = resolve1(layer)
        if not isinstance(spec, dict) or "OCGs" not in spec:
            return False
        members = resolve1(spec["OCGs"])
        listed = spec["OCGs"] if not isinstance(members, list) else members
        parts = listed if isinstance(listed, list) else [listed]
        off = [
            isinstance(part, PDFObjRef) and part.objid in self._off
            for part in parts[:_MOST_MEMBERS]
        ]
        return bool(off) and not _shows(_name(spec.get("P")), off)


def _shows(policy: str, off: list[bool]) -> bool:
    """Return whether a membership is shown by its policy; AnyOn is the usual one."""
    return {
        "AllOn": not any(off),
        "AnyOff": any(off),
        "AllOff": all(off),
    }.get(policy, not all(off))


def _numbers(layers: Iterable[Any]) -> set[int]:
    return {layer.objid for layer in layers if isinstance(layer, PDFObjRef)}


def _name(value: Any) -> str:
    value = resolve1(value)
    return literal_name(value) if isinstance(value, PSLiteral) else ""
