"""Expressions in strings: ``"Runner | None"`` as an annotation."""

from __future__ import annotations

import ast
import warnings


def quoted_expression(text: str) -> ast.expr | None:
    """Return the expression that a string annotation holds, None where it holds none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
