"""Definitions that may drive, because a comment at them says so: ports, meant to be used."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from isolint.semantics.drives.model import LOCALS
from isolint.syntax import parsing
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALLOW = re.compile(r"#\s*isolint:\s*allow\[(?P<codes>[^\]]*)\]\s*(?:--.*|#.*)?$")
_CODE = "ISO112"
_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def allowed_by_comment(text: str) -> tuple[str, ...]:
    """Return the qualified names of the functions and classes with ``# isolint: allow[ISO112]``.

    The comment stands on the line of the ``def`` or ``class``, or on the last line of its head.
    """
    if "isolint" not in text:
        return ()
    tree, words = readable(parsing.text_of(text))
    if isinstance(tree, SyntaxProblem):
        return ()
    try:
        lines = frozenset(_allowing_lines(words.content))
    except (SyntaxError, tokenize.TokenError):
        return ()
    return tuple(sorted(_at(lines, tree, ""))) if lines else ()


def _allowing_lines(text: str) -> Iterator[int]:
    for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
        match = _ALLOW.search(token.string) if token.type == tokenize.COMMENT else None
        if match is not None and _CODE in re.split(r"[,\s]+", match["codes"]):
            yield token.start[0]


def _at(lines: frozenset[int], tree: ast.Module, before: str) -> Iterator[str]:
    pending: list[tuple[ast.AST, str]] = [(tree, before)]
    while pending:
        node, prefix = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _Definition):
                name = f"{prefix}{child.name}"
                if not lines.isdisjoint(range(child.lineno, max(child.body[0].lineno, child.lineno + 1))):
                    yield name
                inner = name if isinstance(child, ast.ClassDef) else f"{name}.{LOCALS}"
                pending.append((child, f"{inner}."))
            elif isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
                pending.append((child, prefix))
