"""Grouping of modules in the map, by role and package, so that a large tree gives a readable picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

from isolint.model import Role
from isolint.project.proposals.package_facts import prefixes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ENOUGH = 28
"""The largest number of packages in a picture, unless a depth is asked for."""

_GIVEN = (Role.CORE, Role.RUNTIME, Role.SHELL)

Groups: TypeAlias = "dict[tuple[str, Role], list[str]]"
"""The modules of each package and role."""


def collapsed(roles: Mapping[str, Role], depth: int | None = None, focus: str = "") -> Groups:
    """Return which modules are drawn as one; a group is called after the package that all of it is in.

    ``depth`` is the number of parts by which names are told apart. Without it, the largest groups are taken apart as long
    as the picture stays readable. The content of the package ``focus`` is taken apart by one part more.
    """
    inside = {module for module in roles if _is_in(module, focus)}
    outside = {module: role for module, role in roles.items() if module not in inside}
    parts = len(focus.split(".")) + 1
    found = _at({module: roles[module] for module in inside}, parts if depth is None else parts - 1 + depth)
    if depth is None:
        found |= _taken_apart(outside, ENOUGH - min(len(found), ENOUGH // 2))
    else:
        found |= _at(outside, depth)
    named = {(_common(modules), role): sorted(modules) for (_, role), modules in found.items()}
    return {key: named[key] for key in sorted(named, key=lambda key: (key[0].split("."), key[1].value))}


def _common(modules: Sequence[str]) -> str:
    """Return the longest name that all of the modules are in."""
    first, last = min(split := [module.split(".") for module in modules]), max(split)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return ".".join(part for part, _ in same)


def _is_in(module: str, package: str) -> bool:
    return bool(package) and f"{module}.".startswith(f"{package}.")


def _at(roles: Mapping[str, Role], depth: int) -> Groups:
    groups: Groups = defaultdict(list)
    for module, role in roles.items():
        groups[".".join(module.split(".")[:depth]), role].append(module)
    return dict(groups)


def _taken_apart(roles: Mapping[str, Role], enough: int) -> Groups:
    """Take the largest groups apart until there are ``enough``, or each has no more than its share.

    First those with a configured role, until each is a package that has it as a whole: these
    are the boxes a person looks for. Where few are left in the end, also small ones are taken apart.
    """
    groups = _at(roles, 1)
    sizes = Counter(name for module in roles for name in prefixes(module))

    def is_mixed(key: tuple[str, Role]) -> bool:
        return key[1] in _GIVEN and sizes[_common(groups[key])] > len(groups[key])

    def is_large(key: tuple[str, Role]) -> bool:
        return key[1] is not Role.TESTS and len(groups[key]) > len(roles) / ENOUGH

    _peel(groups, is_mixed, enough * 3 // 4)
    _peel(groups, is_large, enough)
    _peel(groups, lambda key: key[1] is not Role.TESTS, enough // 2)
    return groups


def _peel(groups: Groups, wanted: Callable[[tuple[str, Role]], bool], enough: int) -> None:
    """Draw the largest part of the largest group by itself, as long as there is one that is ``wanted``."""
    whole: set[tuple[str, Role]] = set()
    while len(groups) < enough and (keys := [key for key in groups if key not in whole and wanted(key)]):
        key = max(keys, key=lambda key: (len(groups[key]), key[0], key[1].value))
        pieces = _pieces(groups[key], key[1])
        # The file of the package that all are in stays behind: it is called as the rest would be.
        own = (_common(groups[key]), key[1])
        piece = min(pieces, key=lambda piece: (piece == own, -len(pieces[piece]), piece[0]))
        # Single modules are drawn where there is room for all of them.
        if len(pieces) == 1 or (len(pieces[piece]) == 1 and len(groups) - 1 + len(pieces) > enough):
            whole.add(key)
        else:
            taken = set(pieces[piece])
            groups[piece] = pieces[piece]
            groups[key] = [module for module in groups[key] if module not in taken]


def _pieces(modules: Sequence[str], role: Role) -> Groups:
    return _at(dict.fromkeys(modules, role), len(_common(modules).split(".")) + 1)
