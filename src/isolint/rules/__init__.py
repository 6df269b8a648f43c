"""The rules: one file each, named for the pattern it flags. A new file is a new rule."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from isolint.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name.startswith("iso"))
    rules = [import_module(f"{__name__}.{name}").RULE for name in names]
    if not all(isinstance(rule, Rule) for rule in rules):
        msg = "each module of isolint.rules that is named iso… must define RULE"
        raise TypeError(msg)
    return tuple(sorted(rules, key=lambda rule: rule.code))
