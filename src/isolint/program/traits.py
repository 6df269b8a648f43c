"""Traits of a module that count for all others, told by its text alone: names of plans, and replaced coroutine functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from isolint.catalogue.combinators import REFERENCE_RUNTIME, TELLING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from isolint.summary.reading import Compiled

_PLAN_NAMES = (*sorted(TELLING), REFERENCE_RUNTIME)
_SPELLED = re.compile(rf"\b(?:{'|'.join(_PLAN_NAMES)})\b")
_REPLACING = re.compile(rb"\bsetattr\(\s*(?!self\b)[\w.\[\]]+\s*,\s*[A-Za-z_][\w.]*\s*,")
_TELLING_COROUTINES = re.compile(rb"\b(iscoroutinefunction|isasyncgenfunction|iscoroutine|isawaitable)\b")
_RUNNING = re.compile(
    rb"\b(run_until_complete|run_coroutine_threadsafe|(asyncio|anyio|trio|loop)\.run|from_thread|\w*(run|to)_sync)\b"
)


def spells_plans(data: bytes) -> bool:
    """Whether a source has a name by which plans are known, also in letters that Python takes for the same ones."""
    text = data.decode("utf-8", "replace")
    if not data.isascii():
        text = normalize("NFKC", text)
    return any(name in text for name in _PLAN_NAMES) and _SPELLED.search(text) is not None


def replaces_coroutines(data: bytes) -> bool:
    """Whether a source may put synchronous functions in the place of coroutine functions while the program runs.

    It sets attributes by names that it computes, tells coroutine functions from others, and runs a loop::

        for name in dir(Client):
            if iscoroutinefunction(getattr(Client, name)):
                setattr(Client, name, run_in_loop(getattr(Client, name)))
    """
    if b"setattr(" not in data:
        return False
    return all(pattern.search(data) for pattern in (_REPLACING, _TELLING_COROUTINES, _RUNNING))


def may_have_plans(modules: Iterable[Compiled | None]) -> bool:
    """Whether a project of these modules may have plans: one spells a name of them, or is not known."""
    return any(one is None or one.spells_plans for one in modules)


def traits(modules: Mapping[str, Compiled | None]) -> tuple[bool, frozenset[str]]:
    """Return the traits of a run that any outcome may depend on: plans in any module, and replaced coroutine functions."""
    replacing = frozenset(
        name for name, one in modules.items() if one is not None and one.replaces_coroutines
    )
    return may_have_plans(modules.values()), replacing
