"""The keys of the configuration: their types, and every fault an entry can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast, final

from msgspec import Struct

import isolint
from isolint.config import gitignore, patterns, versions
from isolint.config.problems import nearest
from isolint.config.selectors import ignore_error, selector_error, warn_error
from isolint.config.shapes import (
    FLAG,
    STRING,
    STRINGS,
    TABLE_OF_ARRAYS,
    TABLE_OF_STRINGS,
    Shape,
    mismatches,
    strings,
)
from isolint.program import ignored_imports
from isolint.rules import Title, titles

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from isolint.config.document import Document
    from isolint.config.positions import KeyPath
    from isolint.config.problems import Problem

_MOST_SHOWN = 4
_MOST_ENTRIES = 5_000
"""In one key: each is held against each file of a project."""
ROLE_KEYS = ("core", "runtime", "shell", "tests")

Check: TypeAlias = "Callable[[str], str]"
"""Takes a string of the configuration; returns its fault, or ``""``."""


def problems(document: Document) -> Iterator[Problem]:
    """Return every problem in the document."""
    yield from document.problems
    added = yield from _plugins(document)
    for name, value in document.table.items():
        if name not in KEYS:
            yield document.problem((name,), _unknown(name, document))
            continue
        for at, message in _found(name, value, KEYS[name], added):
            yield document.problem(at, message)
    yield from _shared_patterns(document)
    yield from _circular_aliases(document)


@final
class Key(Struct, frozen=True):
    """The type of a key, and the checks of its strings and of the names in its table."""

    shape: Shape
    entry: Check | None = None
    name: Check | None = None
    needs_entries: bool = False


def _unknown(name: str, document: Document) -> str:
    if name == "tool" and not document.prefix:
        return "in this file the keys stand at the top, without [tool.isolint]"
    return f"unknown key `{name}`{nearest(name, KEYS) or ': the keys are ' + ', '.join(KEYS)}"


def _found(name: str, value: object, key: Key, added: Sequence[Title]) -> Iterator[tuple[KeyPath, str]]:
    wrong = list(mismatches(value, key.shape, (name,)))
    yield from wrong
    if wrong:
        return
    if key.needs_entries and not value:
        yield (name,), f"`{name}` is empty: leave it out for the default"
    texts = [(at, text, key.entry) for at, text in strings(value, (name,))]
    if isinstance(value, dict):
        texts += [((name, text), text, key.name) for text in cast("dict[str, object]", value)]
    if len(texts) > _MOST_ENTRIES:
        yield (name,), f"`{name}` has {len(texts):,} entries, and more than {_MOST_ENTRIES:,} are not read"
        return
    for at, text, check in texts:
        if check in _OF_RULES and added and not selector_error(text, added):
            continue  # a rule of a plugin
        if check is not None and (message := check(text)):
            yield at, f"`{name}`: {message}"


def _plugins(document: Document) -> Generator[Problem, None, list[Title]]:
    """Return the names of the rules of plugins, and yield a problem for each that cannot be used."""
    value = document.table.get("plugins")
    names = [name for _, name in strings(value, ("plugins",))]
    if not names or any(True for _ in mismatches(value, STRINGS, ("plugins",))):
        return []
    # Imported late: it takes time that a project without plugins does not have.
    from isolint import plugins

    found: list[Title] = []
    for index in range(len(names)):
        try:
            loaded = plugins.load_all(names[: index + 1])
        except plugins.PluginError as error:
            yield document.problem(("plugins", index), f"`plugins`: {error}")
            return found
        found += [Title(rule.code, rule.name) for rule in loaded[-1].rules]
    return found


def _shared_patterns(document: Document) -> Iterator[Problem]:
    """Yield a problem for each pattern that two roles claim: no module could have either."""
    seen: list[tuple[patterns.Pattern, str, int]] = []
    for name in ROLE_KEYS:
        for at, text in strings(document.table.get(name), (name,)):
            if pattern_error(text):
                continue
            pattern = patterns.parse(text)
            for other, role, line in seen:
                if role != name and pattern.same_as(other):
                    message = f'`{name}`: "{text}" is in `{role}` too, as "{other.text}" in line {line}'
                    yield document.problem(at, f"{message}: a module has one role")
            seen.append((pattern, name, document.line(at)))


def _circular_aliases(document: Document) -> Iterator[Problem]:
    """Yield a problem for each alias that leads to itself, as `asyncio = "asyncio.compat"` does."""
    value: object = document.table.get("aliases", {})
    if any(True for _ in mismatches(value, TABLE_OF_STRINGS, ("aliases",))):
        return
    aliases = cast("dict[str, str]", value)
    for name in aliases:
        way = [name]
        while (known := _aliased(way[-1], aliases)) and len(way) <= len(aliases):
            way.append(known)
        if known:
            shown = " -> ".join(way[:_MOST_SHOWN])
            yield document.problem(("aliases", name), f"`aliases`: `{name}` leads to itself: {shown}")


def _aliased(name: str, aliases: Mapping[str, str]) -> str:
    """Return the original of a dotted name, by its longest part that is an alias; empty for none."""
    part = name
    while part:
        if part in aliases:
            return aliases[part] + name[len(part) :]
        part = part.rpartition(".")[0]
    return ""


def pattern_error(text: str) -> str:
    """Return the fault of a pattern of a role, ``""`` for a good one."""
    return _fault(patterns.parse, text)


def _fault(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        return f'"{text}": {error}'
    return ""


def _pattern(text: str) -> str:
    return pattern_error(text)


def _selector(text: str) -> str:
    return selector_error(text, titles())


def _ignored(text: str) -> str:
    return ignore_error(text, titles())


def _warned(text: str) -> str:
    return warn_error(text, titles())


def _file_glob(text: str) -> str:
    try:
        patterns.path_parts(text.removeprefix("!"))
    except ValueError as error:
        return f'"{text}": {error}'
    return ""


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


_OF_RULES = (_selector, _ignored, _warned)
"""The checks of strings that name rules."""

KEYS = {
    "core": Key(STRINGS, _pattern),
    "runtime": Key(STRINGS, _pattern),
    "shell": Key(STRINGS, _pattern),
    "tests": Key(STRINGS, _pattern),
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
