"""Records that are read from bytes hold no alias in quotes: on Python 3.10 msgspec cannot see into `tuple["..."]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from msgspec import Struct

from isolint.summary import model

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED = [
    value for value in vars(model).values() if isinstance(value, type) and value.__module__ == model.__name__
]


def quoted(annotation: Any) -> Iterator[str]:
    """Yield the strings inside a type."""
    if isinstance(annotation, str):
        yield annotation
    for part in get_args(annotation):
        yield from quoted(part)


@pytest.mark.parametrize("record", STORED, ids=lambda record: record.__name__)
def test_no_alias_in_quotes(record: type[Struct]) -> None:
    assert issubclass(record, Struct)
    for annotation in record.__annotations__.values():
        assert not [*quoted(eval(annotation, dict(vars(model))))]  # noqa: S307 - our own annotations
