"""The types of configuration values, and the messages for a value of another type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.config.positions import KeyPath


@final
class Shape(Struct, frozen=True):
    """A type, in Python and in the words of TOML; ``inner`` is that of the entries of a container."""

    python: type
    words: str
    example: str
    inner: Shape | None = None


FLAG = Shape(bool, "true or false", "true")
STRING = Shape(str, "a string", '"..."')
STRINGS = Shape(list, "an array of strings", '["..."]', STRING)
TABLE_OF_STRINGS = Shape(dict, "a table of strings", '{ "..." = "..." }', STRING)
TABLE_OF_ARRAYS = Shape(dict, "a table of arrays of strings", '{ "..." = ["..."] }', STRINGS)


def mismatches(value: object, shape: Shape, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Return where in ``value``, which stands at ``at``, the type is wrong, and the message for it."""
    if not isinstance(value, shape.python):
        example = f", as in {at[0]} = {shape.example}" if len(at) == 1 else ""
        yield at, f"{_named(at)} must be {shape.words}, not {_described(value)}{example}"
    elif shape.inner is not None:
        for key, item in _items(value):
            yield from mismatches(item, shape.inner, (*at, key))


def strings(value: object, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Return every string in a value of the right type and where it stands, without the names in tables."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, list | dict):
        for key, item in _items(value):
            yield from strings(item, (*at, key))


def _items(container: Any) -> Iterable[tuple[str | int, object]]:
    if isinstance(container, dict):
        return cast("dict[str, object]", container).items()
    return enumerate(cast("list[object]", container))


def _named(at: KeyPath) -> str:
    *around, last = at
    if not around:
        return f"`{last}`"
    return (
        f"an entry of {_named(tuple(around))}"
        if isinstance(last, int)
        else f'"{last}" in {_named(tuple(around))}'
    )


def _described(value: object) -> str:
    match value:
        case bool():
            return f"the boolean {str(value).lower()}"
        case str():
            return f'the string "{value}"'
        case int() | float():
            return f"the number {value}"
        case list():
            return "an array"
        case dict():
            return "a table"
        case _:
            return f"the date or time {value}"
