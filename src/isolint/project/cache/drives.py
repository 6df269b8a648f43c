"""What was found out about what drives, as JSON and back. What cannot be read back raises one of UNREADABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isolint.project.cache.shape import fields, numbers, table, texts
from isolint.semantics.drives.model import FunctionSummary, Place, Recalled, Summary, Use

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def encoded_drives(drives: Recalled, number: Mapping[str, int]) -> list[Any]:
    """Return all of it; ``number`` gives the numbers of the names that the world was asked about."""
    summaries = {
        module: [
            [[f.qualname, f.line, list(map(_encoded_use, f.uses))] for f in summary.functions],
            list(summary.allowed),
            sorted(summary.sought),
            sorted(number[name] for name in summary.consulted),
        ]
        for module, summary in sorted(drives.summaries.items())
    }
    return [list(drives.drivers), summaries]


def decoded_drives(record: list[Any], names: Sequence[str], changed: frozenset[str]) -> Recalled:
    """Return what still holds of it: the modules, and what was asked about them, have not ``changed``."""
    drivers, summaries = fields(record, list, dict)
    read = (_summary(module, said, names) for module, said in table(summaries).items())
    holding = {one.module: one for one in read if one.module not in changed and not one.consulted & changed}
    return Recalled(tuple(texts(drivers)), holding)


def _summary(module: str, record: list[Any], names: Sequence[str]) -> Summary:
    functions, allowed, sought, consulted = fields(record, list, list, list, list)
    return Summary(
        module,
        tuple(map(_function, functions)),
        tuple(texts(allowed)),
        frozenset(texts(sought)),
        frozenset(names[index] for index in numbers(consulted)),
    )


def _function(record: list[Any]) -> FunctionSummary:
    qualname, line, uses = fields(record, str, int, list)
    numbers([line])
    return FunctionSummary(qualname, line, tuple(map(_use, uses)))


def _encoded_use(use: Use) -> list[Any]:
    target = use.target
    return [use.line, use.driver, target.module if target else "", target.qualname if target else ""]


def _use(record: list[Any]) -> Use:
    line, driver, module, qualname = fields(record, int, str, str, str)
    numbers([line])
    return Use(line, driver, Place(module, qualname) if module else None)
