"""Checks of what was read from a cache: JSON that has the right digest may still say anything.

The parameters are of the types that they should have, which is what is checked here. Whole lists are looked
at in one go, because a warm run reads thousands of values and does little else.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What reading a record raises that has the right digest and the wrong shape."""

_LARGEST = 1 << 31
"""No line, column or count comes near it."""


def fields(record: list[Any], *types: type) -> list[Any]:
    """Return a list of exactly these types; ``bool`` is no ``int`` here."""
    if type(record) is not list or list(map(type, record)) != list(types):
        raise ValueError("a record with other fields")
    return record


def table(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object; its keys are text, as all keys of JSON."""
    if type(value) is not dict:
        raise ValueError("no object")
    return value


def named_texts(value: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return an object of lists of text."""
    every = list(table(value).values())
    if not set(map(type, every)) <= {list}:
        raise ValueError("no lists")
    texts(list(chain.from_iterable(every)))
    return value


def texts(value: list[str]) -> list[str]:
    """Return a list of text."""
    if type(value) is not list or not set(map(type, value)) <= {str}:
        raise ValueError("no list of text")
    return value


def numbers(value: list[int], least: int = 0) -> list[int]:
    """Return a list of numbers from ``least`` on."""
    if type(value) is not list or not set(map(type, value)) <= {int}:
        raise ValueError("no list of numbers")
    if value and not least <= min(value) <= max(value) < _LARGEST:
        raise ValueError("numbers out of range")
    return value


def flags(value: list[bool]) -> list[bool]:
    """Return a list of yes and no."""
    if type(value) is not list or not set(map(type, value)) <= {bool}:
        raise ValueError("no list of yes and no")
    return value
