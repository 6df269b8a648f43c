"""From the bytes of a file to its summary: decoded, parsed, in older words where the running Python needs them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.summary.build import summarise
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from isolint.summary.model import ModuleSummary


def summary_of_bytes(data: bytes, package: str) -> ModuleSummary | None:
    """Return the summary of a file, None where it is not Python that anybody here can parse."""
    text = parsing.decode(data)
    if isinstance(text, SyntaxProblem):
        return None
    tree, words = readable(text)
    if not isinstance(tree, ast.Module):
        return None
    try:
        return summarise(tree, words.content, package)
    except RecursionError:
        return with_deep_stack(lambda: summarise(tree, words.content, package))
