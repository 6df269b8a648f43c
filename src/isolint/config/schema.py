"""The keys of the configuration: their types, and every fault of a string in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

import isolint
from isolint.config import gitignore, patterns, versions
from isolint.config.selectors import ignore_error, selector_error, warn_error
from isolint.config.shapes import (
    FLAG,
    STRING,
    STRINGS,
    TABLE_OF_ARRAYS,
    TABLE_OF_STRINGS,
    Shape,
)
from isolint.program import ignored_imports
from isolint.rules import titles

if TYPE_CHECKING:
    from collections.abc import Callable

ROLE_KEYS = ("core", "runtime", "shell", "tests")

Check: TypeAlias = "Callable[[str], str]"
"""Takes a string of the configuration; returns its fault, or ``""``."""


@final
class Key(Struct, frozen=True):
    """The type of a key, and the checks of its strings and of the names in its table."""

    shape: Shape
    entry: Check | None = None
    name: Check | None = None
    needs_entries: bool = False


def pattern_error(text: str) -> str:
    """Return the fault of a pattern of a role, ``""`` for a good one."""
    return _fault(patterns.parse, text)


def _fault(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        return f'"{text}": {error}'
    return ""


def _selector(text: str) -> str:
    return selector_error(text, titles())


def _ignored(text: str) -> str:
    return ignore_error(text, titles())


def _warned(text: str) -> str:
    return warn_error(text, titles())


def _file_glob(text: str) -> str:
    return _fault(lambda glob: patterns.path_parts(glob.removeprefix("!")), text)


def _folder(text: str) -> str:
    return "" if text.strip() else "an empty path: write `.` for the folder of the configuration"


def _file(text: str) -> str:
    return "" if text.strip() else "an empty path: leave the key out for none"


def _rule_url(text: str) -> str:
    if not text.startswith(("https://", "http://", "file://")):
        return f'"{text}" is no address: begin it with https://'
    return (
        "" if "{code}" in text else f'"{text}" is the same for all rules: put {{code}} where the code belongs'
    )


def _exclude(text: str) -> str:
    error = gitignore.pattern_error(text)
    return error and f'"{text}": {error}'


def _module(text: str) -> str:
    error = patterns.dotted_name_error(text)
    return error and f'"{text}" is not a dotted name: {error}'


def _member(text: str) -> str:
    error = _module(text)
    if not error and "." not in text:
        return f'"{text}" lacks its module: write it out, as in "package.module.{text}"'
    return error


def _ignored_import(text: str) -> str:
    return _fault(ignored_imports.parse, text)


def _version(text: str) -> str:
    error = versions.specifier_error(text)
    if not error and not versions.satisfies(isolint.__version__, text):
        return f'this is isolint {isolint.__version__}, but the project asks for "{text}"'
    return error


OF_RULES = (_selector, _ignored, _warned)
"""The checks of strings that name rules."""

KEYS = {
    "core": Key(STRINGS, pattern_error),
    "runtime": Key(STRINGS, pattern_error),
    "shell": Key(STRINGS, pattern_error),
    "tests": Key(STRINGS, pattern_error),
    "src": Key(STRINGS, _folder, needs_entries=True),
    "extend": Key(STRING, _file),
    "select": Key(STRINGS, _selector, needs_entries=True),
    "extend-select": Key(STRINGS, _selector),
    "ignore": Key(STRINGS, _ignored),
    "warn": Key(STRINGS, _warned),
    "strict": Key(FLAG),
    "per-file-ignores": Key(TABLE_OF_ARRAYS, _ignored, _file_glob),
    "fixable": Key(STRINGS, _selector),
    "unfixable": Key(STRINGS, _selector),
    "extend-safe-fixes": Key(STRINGS, _selector),
    "extend-unsafe-fixes": Key(STRINGS, _selector),
    "exclude": Key(STRINGS, _exclude),
    "extend-exclude": Key(STRINGS, _exclude),
    "respect-gitignore": Key(FLAG),
    "interpreters": Key(STRINGS, _member),
    "drivers": Key(STRINGS, _member),
    "spawners": Key(STRINGS, _member),
    "clients": Key(STRINGS, _member),
    "allowed": Key(STRINGS, _member),
    "forbidden": Key(STRINGS, _module),
    "aliases": Key(TABLE_OF_STRINGS, _module, _module),
    "plan-modules": Key(STRINGS, _module),
    "type-checking-imports": Key(FLAG),
    "ignore-imports": Key(STRINGS, _ignored_import),
    "allow-main-guard": Key(FLAG),
    "exhaustive": Key(FLAG),
    "plugins": Key(STRINGS),
    "baseline": Key(STRING, _file),
    "rule-url": Key(STRING, _rule_url),
    "required-version": Key(STRING, _version),
}
"""Every key there is, in the order of the documentation."""
