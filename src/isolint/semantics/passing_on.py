"""Calls known by name that give on a function which they are given: who asks differs in what else counts."""

from __future__ import annotations

RUNNABLE = frozenset({"cast", "staticmethod", "classmethod", "partial", "partialmethod"})
"""To call what they give is to call what they are given."""
DRESSED_UP = "update_wrapper"
"""Gives its first argument, called like the second."""
