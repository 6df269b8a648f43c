"""Roles written into a configuration file, with everything else in it left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import tomli

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST_LINE = 88


class CannotEdit(Exception):  # noqa: N818 - names the refusal
    """The file has no safe place for an edit; the message says how to make one."""


def section(prefix: Sequence[str], keys: Mapping[str, Sequence[str]]) -> str:
    """Return isolint's part of a file as TOML: a header, where ``prefix`` is not empty, and the keys."""
    header = f"[{'.'.join(prefix)}]\n" if prefix else ""
    return header + "".join(f"{key} = {_array(texts)}\n" for key, texts in keys.items())


def assignment(key: str, value: object) -> str:
    """Return a key with its value, as it is written in TOML."""
    return f"{key} = {_value(value)}"


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case dict():
            table = cast("dict[str, object]", value)
            if not table:
                return "{}"
            return f"{{ {', '.join(f'{_quoted(name)} = {_value(each)}' for name, each in table.items())} }}"
        case _:
            return _array(cast("Sequence[str]", value))


def with_keys(text: str, prefix: Sequence[str], keys: Mapping[str, Sequence[str]]) -> str:
    """Return the text of a TOML file with ``keys`` set in the table ``prefix``, where it may have some.

    Comments, order and line ends stay. A new table goes to the end. Raises CannotEdit where the rest of
    the file would not stay the same.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    plain = text.replace("\r\n", "\n")
    before = tomli.loads(plain)
    changed = (
        _replaced(plain, prefix, keys)
        if _table(before, prefix) is not None
        else _appended(plain, prefix, keys)
    )
    _set(before, prefix, keys)
    try:
        if tomli.loads(changed) != before:
            raise CannotEdit(_by_hand(prefix))
    except tomli.TOMLDecodeError as error:
        raise CannotEdit(_by_hand(prefix)) from error
    return changed.replace("\n", newline)


def _array(texts: Sequence[str]) -> str:
    quoted = [_quoted(text) for text in texts]
    line = f"[{', '.join(quoted)}]"
    if len(line) <= _LONGEST_LINE:
        return line
    return "[\n" + "".join(f"    {text},\n" for text in quoted) + "]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c if c.isprintable() else f"{chr(92)}U{ord(c):08X}" for c in escaped)}"'


def _appended(text: str, prefix: Sequence[str], keys: Mapping[str, Sequence[str]]) -> str:
    if not text.strip():
        return section(prefix, keys)
    gap = "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{section(prefix, keys)}"


def _replaced(text: str, prefix: Sequence[str], keys: Mapping[str, Sequence[str]]) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(text)
        table = document
        for name in prefix:
            table = table[name]
        for key, texts in keys.items():
            table[key] = tomlkit.array(_array(texts))
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise CannotEdit(_by_hand(prefix)) from error


def _table(document: dict[str, Any], prefix: Sequence[str]) -> dict[str, Any] | None:
    table: Any = document
    for name in prefix:
        if not isinstance(table, dict):
            raise CannotEdit(_by_hand(prefix))
        table = cast("dict[str, Any]", table).get(name)
        if table is None:
            return None
    if not isinstance(table, dict):
        raise CannotEdit(_by_hand(prefix))
    return cast("dict[str, Any]", table)


def _set(document: dict[str, Any], prefix: Sequence[str], keys: Mapping[str, Sequence[str]]) -> None:
    for name in prefix:
        document = document.setdefault(name, {})
    document.update({key: list(texts) for key, texts in keys.items()})


def _by_hand(prefix: Sequence[str]) -> str:
    where = f"[{'.'.join(prefix)}]" if prefix else "it"
    return f"the file is written in a way that {where} cannot be put into safely: put it in by hand"
