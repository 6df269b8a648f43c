"""The findings of the rules about functions outside the core: the words for a use of such a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Step
from isolint.rules import references
from isolint.summary import uses

if TYPE_CHECKING:
    from isolint.program.driving import Step as ChainStep
    from isolint.program.use_sites import UseSite
    from isolint.rule import Context

_USES = {
    uses.DECORATES: "is applied as a decorator here",
    uses.CALLED: "is called here",
    uses.ENTERS: "is run by `with` here",
    uses.ENTERS_ASYNC: "is run by `with` here",
    uses.READ: "is read here",
    uses.STORES: "is run by an assignment here",
    uses.OPERATES: "is run by an operator here",
    uses.DERIVES: "is run by deriving a class here",
}


def reached_as(site: UseSite, context: Context) -> str:
    """Return how the function is spelled where it is used, in brackets; empty where that is its name."""
    written, name = context.module.text_of(site.node), site.chain[0].name
    is_named = written.rpartition(".")[2] == name.rpartition(".")[2]
    return "" if is_named else references.reached_as(written, name)


def use(site: UseSite) -> str:
    """Return the use of the function in words: "is called here"."""
    return _USES[uses.READ] if site.is_property else _USES.get(site.how, "is handed on here")


def steps(site: UseSite, context: Context) -> tuple[Step, ...]:
    """Return the chain with the files of its steps."""
    return tuple(_placed(step, context) for step in site.chain)


def _placed(step: ChainStep, context: Context) -> Step:
    file = context.world.find(step.module)
    return Step(step.name, step.module, file.place if file is not None else step.module, step.line)
