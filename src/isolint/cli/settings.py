"""``isolint check --show-settings FILE``: the settings in force for a file, and the line of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from isolint import project
from isolint.config import enabled
from isolint.config.document import read
from isolint.config.json_schema import explained_keys
from isolint.config.problems import displayed
from isolint.config.writing import assignment
from isolint.project.sources.configurations import around, top_of
from isolint.report.view import visible
from isolint.rules import known_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from isolint.config import Config
    from isolint.config.document import Document

_LONGEST = 60


def settings(file: Path, config: Config) -> str:
    """Return the settings for ``file`` in the project of ``config``, as TOML with a comment on each line."""
    (found,) = project.roles([file], config)
    governing = around(file.absolute(), top_of(config))
    head = [
        f"# {visible(str(found.path))}: module {visible(found.module)}, import root {visible(found.root)}",
        f"# role: {found.decision.role.value}, by {visible(found.decision.reason)}",
        f"# configuration: {_named(governing)}",
    ]
    codes = [rule.code for rule in enabled(governing, known_rules(governing.plugins))]
    return "\n".join([*head, *_lines(governing), f"# rules that run: {', '.join(codes)}"]) + "\n"


def _named(config: Config) -> str:
    if config.source is None:
        return "none, so all is as it is by default"
    files = ", which extends ".join(str(displayed(path)) for path in (config.source, *config.extended))
    return visible(files)


def _lines(config: Config) -> Iterator[str]:
    """Yield a line for each key with its value in force, the file and line that give it, or that it is a default."""
    documents = [
        document
        for path in (config.source, *config.extended)
        if path is not None and (document := read(path)) is not None
    ]
    for key, about in explained_keys().items():
        if key == "extend":
            continue
        value = _value(config, key)
        origin = next((_place(document, key) for document in documents if key in document.table), "default")
        if origin == "default" and about.default is None:
            continue
        written = visible_value(key, value)
        yield f"{written:<{_LONGEST}}  # {origin}"


def visible_value(key: str, value: object) -> str:
    """Return a key with its value on lines that are safe to print."""
    return "\n".join(map(visible, assignment(key, value).splitlines()))


def _value(config: Config, key: str) -> object:
    name = key.replace("-", "_")
    value: object = getattr(config, name) if hasattr(config, name) else getattr(config.options, name)
    if explained_keys()[key].holds.startswith("a table"):
        return dict(cast("tuple[tuple[str, object], ...]", value)) if isinstance(value, tuple) else value
    return value


def _place(document: Document, key: str) -> str:
    line = document.line((key,))
    return f"{visible(str(displayed(document.path)))}:{line}"
