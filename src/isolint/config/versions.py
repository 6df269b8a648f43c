"""``required-version``: the part of PEP 440 that a project needs to pin its linter.

Supported are comma-separated comparisons with release numbers: ``>=0.1,<2``, ``==0.1.*``, ``!=0.3``,
``~=1.4``. Releases only: no pre-releases, epochs or local versions in a clause.
"""

from __future__ import annotations

import re
from typing import TypeAlias

_NUMBERS = r"\d{1,9}(?:\.\d{1,9})*"
"""No release has longer numbers, and Python does not read those of thousands of digits."""
_CLAUSE = re.compile(rf"(~=|==|!=|<=|>=|<|>)\s*({_NUMBERS})(\.\*)?")
_LONGEST = 40
_VERSION = re.compile(r"(\d+(?:\.\d+)*)(.*)")
_PRERELEASE = re.compile(r"[-_.]?(a|b|c|rc|alpha|beta|pre|preview|dev)")

Version: TypeAlias = "tuple[tuple[int, ...], bool]"
"""Release numbers without trailing zeros, and whether it is final: a pre-release sorts before it."""


def specifier_error(specifier: str) -> str:
    """Return the fault in the form of ``specifier``, ``""`` for a supported one."""
    for clause in _clauses(specifier):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            shown = clause if len(clause) <= _LONGEST else f"{clause[:_LONGEST]}..."
            return f'"{shown}" is not a version comparison: write for example ">=0.1,<2" or "==0.1.*"'
        operator, release, wildcard = match.groups()
        if wildcard and operator not in {"==", "!="}:
            return f'"{clause}": ".*" goes with == and != only'
        if operator == "~=" and "." not in release:
            return f'"{clause}": ~= needs two numbers at least, as in "~=1.4"'
    return ""


def satisfies(version: str, specifier: str) -> bool:
    """Return whether ``version`` meets every clause of a specifier without error."""
    return all(_meets(_parsed(version), clause) for clause in _clauses(specifier))


def _clauses(specifier: str) -> list[str]:
    return [clause.strip() for clause in specifier.split(",")]


def _meets(version: Version, clause: str) -> bool:
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        raise ValueError(specifier_error(clause))
    operator, release, wildcard = match.groups()
    numbers = tuple(map(int, release.split(".")))
    bound = _stripped(numbers), True
    if operator == "~=":
        return version >= bound and _starts_with(version, numbers[:-1])
    same = _starts_with(version, numbers) if wildcard else version == bound
    return {
        "==": same,
        "!=": not same,
        ">=": version >= bound,
        "<=": version <= bound,
        ">": version > bound,
        "<": version < bound and version[0] != bound[0],  # PEP 440: <2 leaves out 2.0rc1
    }[operator]


def _parsed(version: str) -> Version:
    match = _VERSION.match(version)
    if match is None:
        raise ValueError(f"not a version: {version!r}")
    release = tuple(map(int, match[1].split(".")))
    return _stripped(release), _PRERELEASE.match(match[2]) is None


def _stripped(release: tuple[int, ...]) -> tuple[int, ...]:
    """Drop trailing zeros: 1.0 and 1 are one version."""
    while release and release[-1] == 0:
        release = release[:-1]
    return release


def _starts_with(version: Version, prefix: tuple[int, ...]) -> bool:
    padded = version[0] + (0,) * len(prefix)
    return padded[: len(prefix)] == prefix
