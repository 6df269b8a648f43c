"""What the rules about plans share: where one can be found, and how a finding speaks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.plans.names import words
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.rule import Context, GateInput

_LONGEST = 60


def plan_words(given: GateInput) -> Iterable[str]:
    """Return the identifiers of which one stands in every file in which something is known to be a plan."""
    return words(given.catalogue, given.options.plan_modules)


def written(node: nodes.Node, context: Context) -> str:
    """Return the source of an expression, cut to what fits a message."""
    text = context.module.text_of(node)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def why_a_plan(node: nodes.Node, context: Context) -> str:
    """Say what makes ``node`` a plan where the expression itself does not show it."""
    from isolint.semantics.meanings import Function

    if isinstance(node, nodes.Call):
        functions = [m for m in context.module.inference.of(node.func) if isinstance(m, Function)]
        definitions = [function.binding.inner.node for function in functions]
        for definition in definitions:
            if isinstance(definition, nodes.FunctionDef) and definition.returns is not None:
                annotation = written(definition.returns.annotation, context)
                return f"`{definition.name.value}` returns `{annotation}`"
    bindings = context.module.bindings(node)
    return context.module.describe(bindings[0]) if bindings else ""
