"""The use of a callback by functions of others, by their last name. Data: ``callbacks.toml``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import final

import tomli
from msgspec import Struct


@final
class CallbackNames(Struct, frozen=True):
    """The tables of ``callbacks.toml``."""

    looks: frozenset[str]
    keeps: frozenset[str]
    collects: frozenset[str]
    merges: frozenset[str]
    holds_as_element: frozenset[str]
    holds_as_attribute: frozenset[str]
    gives_element: frozenset[str]
    gives_elements: frozenset[str]
    gives_back: frozenset[str]
    uses_up: frozenset[str]
    advances: frozenset[str]
    factory_takers: frozenset[str]
    calls: frozenset[str]
    records: frozenset[str]
    registering: frozenset[str]
    started: frozenset[str]
    later_keywords: frozenset[str]
    registers: re.Pattern[str]


@cache
def callback_names() -> CallbackNames:
    """Read the tables; once per process."""
    data = tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    tables = {
        name: frozenset(given.split() if isinstance(given, str) else given)
        for name, given in data.items()
        if name != "registers"
    }
    return CallbackNames(**tables, registers=re.compile("|".join(data["registers"])))
