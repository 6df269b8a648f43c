"""Selection of rules: selectors, and ruff's order of precedence among them.

A selector is a code (``ISO102``), the beginning of codes (``ISO1``), the name of a rule
(``event-loop-run``) or ``ALL``. The more specific selector wins; at equal specificity ``ignore`` wins.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.config.model import Overlay
from isolint.config.patterns import path_parts, pinned
from isolint.config.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import PurePosixPath
    from typing import TypeAlias

    from isolint.config.model import Config
    from isolint.model import Diagnostic
    from isolint.rule import Rule
    from isolint.rules import Title

    Titled: TypeAlias = Rule | Title | Diagnostic
    """An object with a code and a name."""

ALWAYS_ON = "ISO900"
ONLY_IF_EXHAUSTIVE = "ISO902"
_ALL = "ALL"
_CODE = re.compile(r"([A-Z]+)(\d*)")
_LETTERS = re.compile(r"[A-Z]+")
_EXACT = 100


def selector_error(selector: str, rules: Sequence[Titled]) -> str:
    """Return the fault of a selector, with the nearest right one; ``""`` for a good one."""
    if any(_matches(selector, rule) for rule in rules):
        return ""
    known = [_ALL, *(word for rule in rules for word in (rule.code, rule.name))]
    return f"unknown rule `{selector}`{nearest(selector, known)}"


def warn_error(selector: str, rules: Sequence[Titled]) -> str:
    """Return the fault of a selector of rules that only warn, ``""`` for a good one."""
    if _names_always_on(selector, rules):
        return f"{ALWAYS_ON} is always an error: nothing in such a file is checked"
    return selector_error(selector, rules)


def _names_always_on(selector: str, rules: Sequence[Titled]) -> bool:
    return any(selector in {rule.code, rule.name} for rule in rules if rule.code == ALWAYS_ON)


def ignore_error(selector: str, rules: Sequence[Titled]) -> str:
    """Return the fault of a selector of rules to leave out, ``""`` for a good one."""
    if _names_always_on(selector, rules):
        return f"{ALWAYS_ON} is always on: leave files out with `extend-exclude` instead"
    return selector_error(selector, rules)


def enabled(config: Config, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules that run, in the given order.

    Without ``select`` these are all that are not strict, with ``strict`` all. ISO900 is always on, ISO902
    asks ``exhaustive`` besides.
    """
    asked = (rule for rule in rules if rule.code != ONLY_IF_EXHAUSTIVE or config.exhaustive)
    return tuple(rule for rule in asked if rule.code == ALWAYS_ON or _is_on(config, rule))


def overridden(
    config: Config, overlay: Overlay, rules_of: Callable[[tuple[str, ...]], Sequence[Rule]]
) -> Config:
    """Return ``config`` with selectors of a command line laid over it; ``rules_of`` gives the rules with those of plugins.

    As with ruff, ``select`` replaces everything the configuration selects and ignores; without it the
    others add to that and win over it. The result names its rules one by one, and keeps the selectors for the
    configurations of folders below.
    """
    if overlay == Overlay():
        return config
    rules = rules_of(config.plugins)
    before = frozenset(rule.code for rule in enabled(config, rules))
    chosen = [ALWAYS_ON]
    for rule in rules:
        on = max((specificity(s, rule) for s in (*overlay.select, *overlay.extend_select)), default=-1)
        off = max((specificity(s, rule) for s in overlay.ignore), default=-1)
        untouched = on == off == -1
        if on > off or (untouched and not overlay.select and rule.code in before):
            chosen.append(rule.code)
    return replace(config, select=tuple(dict.fromkeys(chosen)), extend_select=(), ignore=(), overlay=overlay)


def ignored_for(config: Config, path: PurePosixPath, rules: Sequence[Rule]) -> frozenset[str]:
    """Return the codes that ``per-file-ignores`` takes away for a path relative to the root."""
    selectors = [s for glob, chosen in config.per_file_ignores if covers(glob, path) for s in chosen]
    codes = (rule.code for rule in rules if any(_matches(selector, rule) for selector in selectors))
    return frozenset(codes) - {ALWAYS_ON}


def only_warns(config: Config, found: Titled) -> bool:
    """Whether a finding, or all those of a rule, are told without making a run fail."""
    return found.code != ALWAYS_ON and any(_matches(selector, found) for selector in config.warn)


def _is_on(config: Config, rule: Rule) -> bool:
    by_default = 0 if not config.select and (config.strict or not rule.strict) else -1
    selected = (specificity(s, rule) for s in (*config.select, *config.extend_select))
    ignored = (specificity(s, rule) for s in config.ignore)
    return max(by_default, *selected, -1) > max(*ignored, -1, -1)


def specificity(selector: str, rule: Titled) -> int:
    """Return how narrowly the selector names the rule, -1 where it does not."""
    if not _matches(selector, rule):
        return -1
    if selector == _ALL:
        return 0
    return _EXACT if selector in {rule.code, rule.name} else len(selector)


def _matches(selector: str, rule: Titled) -> bool:
    return selector in {_ALL, rule.name} or (_is_code(selector, rule.code) and rule.code.startswith(selector))


def _is_code(selector: str, code: str) -> bool:
    """Whether a selector has the whole prefix of a code, and begins its digits: ``ISO1``, but not ``IS``."""
    given, prefix = _CODE.fullmatch(selector), _LETTERS.match(code)
    return given is not None and prefix is not None and given[1] == prefix[0]


def covers(glob: str, path: PurePosixPath) -> bool:
    """Return whether a key of ``per-file-ignores`` covers the path; ``!`` before a glob inverts it."""
    if glob.startswith("!"):
        return not covers(glob[1:], path)
    in_folder = pinned(path_parts(glob), path.parts) is not None
    return in_folder or ("/" not in glob and fnmatchcase(path.name, glob))
