"""Which modules are drawn as one: by role and package, so that a large tree gives a picture one can read."""

from __future__ import annotations

from collections import defaultdict
from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

from isolint.model import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENOUGH = 28
"""How many packages a picture has at most that nobody asked for more."""

Groups: TypeAlias = "dict[tuple[str, Role], list[str]]"
"""The modules of each package and role."""


def collapsed(roles: Mapping[str, Role], depth: int | None = None, focus: str = "") -> Groups:
    """Return which modules are drawn as one; a group is called after the package that all of it is in.

    ``depth`` is the number of parts by which names are told apart. Without it, the largest groups are taken apart as long
    as the picture stays readable. What is in the package ``focus`` is taken apart by one part more.
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
    groups = _at(roles, 1)
    whole: set[tuple[str, Role]] = set()
    while splittable := [key for key in groups if key not in whole and key[1] is not Role.TESTS]:
        key = max(splittable, key=lambda key: (len(groups[key]), key[0], key[1].value))
        pieces = _pieces(key, groups[key])
        if len(pieces) == 1 and key in pieces:
            whole.add(key)  # a module, or the package's own file
        elif len(groups) - 1 + len(pieces) > enough:
            whole.add(key)
        else:
            del groups[key]
            groups |= pieces
            whole |= {key} & pieces.keys()
    for key in sorted(groups, key=lambda key: (-len(groups[key]), key[0], key[1].value)):
        if key[1] is not Role.TESTS:
            _take_out_largest(groups, key, enough)
    return groups


def _pieces(key: tuple[str, Role], modules: Sequence[str]) -> Groups:
    return _at(dict.fromkeys(modules, key[1]), key[0].count(".") + 2)


def _take_out_largest(groups: Groups, key: tuple[str, Role], enough: int) -> None:
    """Draw the largest packages of a group that is too wide to be taken apart; the rest of it stays together."""
    pieces = {piece: inner for piece, inner in _pieces(key, groups[key]).items() if len(inner) > 1}
    largest = sorted(pieces, key=lambda piece: (-len(pieces[piece]), piece[0]))
    for piece in largest[: enough - len(groups)]:
        if len(pieces[piece]) < len(groups[key]):
            groups[key] = [module for module in groups[key] if module not in set(pieces[piece])]
            groups[piece] = pieces[piece]
