"""Definitions that may drive, because a comment at them says so: ``def run(work):  # isolint: allow[ISO112]``."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantic_index.index import SemanticIndex

_ALLOW = re.compile(r"#\s*isolint:\s*allow\[(?P<codes>[^\]]*)\]\s*(?:--.*|#.*)?$")
_CODE = "ISO112"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def allowed_definitions(text: str, index: SemanticIndex) -> tuple[str, ...]:
    """Return the qualified names of the functions and classes with ``# isolint: allow[ISO112]``.

    The comment stands on the line of the ``def`` or ``class``, or on the last line of its head.
    """
    if "isolint" not in text:
        return ()
    try:
        lines = frozenset(_allowing_lines(text))
    except (SyntaxError, tokenize.TokenError):
        return ()
    return tuple(
        scope.qualname
        for node, scope in index.inner.items()
        if isinstance(node, _DEFINITIONS)
        and not lines.isdisjoint(range(node.lineno, max(node.body[0].lineno, node.lineno + 1)))
    )


def _allowing_lines(text: str) -> Iterator[int]:
    for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
        match = _ALLOW.search(token.string) if token.type == tokenize.COMMENT else None
        if match is not None and _CODE in re.split(r"[,\s]+", match["codes"]):
            yield token.start[0]
