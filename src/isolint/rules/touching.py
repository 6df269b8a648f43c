"""The findings of the rules about effects: their form is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import Finding
from isolint.rules.references import reached_as

if TYPE_CHECKING:
    from isolint.effects import Touch
    from isolint.rule import Context


def finding(touched: Touch, context: Context, why: str, way_out: str) -> Finding:
    """Return the finding; ``why`` completes "`time.time` reads the clock ..."."""
    name = touched.name.removeprefix("builtins.")
    reached = reached_as(context.module.text_of(touched.node), name)
    return Finding(touched.node, f"`{name}`{reached} {touched.what} {why}", way_out, touched.name)
