"""The rules: one file each, named for the pattern it flags. A new file is a new rule."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

from isolint.rule import Rule


class Title(NamedTuple):
    """The code and name of a rule."""

    code: str
    name: str


@cache
def titles() -> tuple[Title, ...]:
    """Return the codes and names of the rules, sorted by code: read off the names of their files, none is imported."""
    parts = (name.partition("_") for name in _modules())
    return tuple(Title(code.upper(), name.replace("_", "-")) for code, _, name in parts)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    rules = [import_module(f"{__name__}.{name}").RULE for name in _modules()]
    if not all(isinstance(rule, Rule) for rule in rules):
        msg = "each module of isolint.rules that is named iso… must define RULE"
        raise TypeError(msg)
    return tuple(sorted(rules, key=lambda rule: rule.code))


def known_rules(plugins: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return every rule, those of ``plugins`` after isolint's own; raises PluginError."""
    return (*all_rules(), *_added(plugins))


def known_titles(plugins: tuple[str, ...]) -> tuple[Title, ...]:
    """Return the codes and names of the rules, those of ``plugins`` too; raises PluginError."""
    return (*titles(), *(Title(rule.code, rule.name) for rule in _added(plugins)))


def _added(plugins: tuple[str, ...]) -> tuple[Rule, ...]:
    if not plugins:
        return ()
    from isolint.plugins import load_all  # few projects have any

    return tuple(rule for plugin in load_all(plugins) for rule in plugin.rules)


def _modules() -> list[str]:
    import pkgutil

    return sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name.startswith("iso"))
