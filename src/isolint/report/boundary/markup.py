"""Text in XML and HTML. Names of modules and messages come from strangers."""

from __future__ import annotations

from html import escape

from isolint.report.view import visible

_NEVER_IN_XML = dict.fromkeys((65534, 65535, *range(55296, 57344)), "�")


def escaped(text: str) -> str:
    """Return text that is safe in an element and in an attribute, and that every XML parser takes."""
    return escape(visible(text).translate(_NEVER_IN_XML))
