"""Validation of a configuration: every problem in it, those between its keys included."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from isolint.config import patterns
from isolint.config.problems import nearest
from isolint.config.schema import KEYS, OF_RULES, ROLE_KEYS, pattern_error
from isolint.config.selectors import selector_error
from isolint.config.shapes import STRINGS, TABLE_OF_STRINGS, mismatches, strings
from isolint.rules import Title

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from isolint.config.document import Document
    from isolint.config.positions import KeyPath
    from isolint.config.problems import Problem
    from isolint.config.schema import Key

_MOST_SHOWN = 4
_MOST_ENTRIES = 5_000
"""In one key: each is held against each file of a project."""


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
        if check in OF_RULES and added and not selector_error(text, added):
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
