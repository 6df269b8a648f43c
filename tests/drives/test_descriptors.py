"""Attributes whose access runs code of another object: descriptors, properties made by a call, base classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import chain

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

FIELDS = """
import asyncio


class Loaded:
    def __init__(self, load=None):
        self.load = load

    def __get__(self, owner, kind=None):
        return self if owner is None else asyncio.run(owner.load())

    def __set__(self, owner, value):
        asyncio.run(owner.save(value))


class Special(Loaded): ...


class Plain:
    def __get__(self, owner, kind=None):
        return owner.row

    def __set__(self, owner, value):
        owner.row = value


class Looped:
    def __get__(self, owner, kind=None):
        return Loop()


class Loop:
    def run(self, work):
        return asyncio.run(work)


class Row:
    value = Loaded()
    special: int = Special()
    plain = Plain()
    loop = Looped()
    made = property(lambda self: asyncio.run(self.load()))

    def _url(self):
        return asyncio.run(self.load())

    def _set_url(self, value):
        self._kept = value

    def _quiet(self):
        return 1

    url = property(_url, _set_url)
    stored = property(_quiet, fset=_url)
    quiet = property(fget=_quiet)

    @Loaded
    async def decorated(self):
        return 1

    def __init__(self):
        self.kept = Loaded()


class Derived(Row): ...


class Registered:
    def __init_subclass__(cls, **options):
        asyncio.run(cls.register())


class Printed:
    def __str__(self):
        return asyncio.run(self.load())


class Sized:
    def __len__(self):
        return asyncio.run(self.load())


class Told(Sized):
    def __bool__(self):
        return True
"""


def names(core: str, drive: Drive) -> list[str]:
    found = drive(f"from app.fields import *\n\n\n{core}\n", fields=FIELDS)
    assert [one.code for one in found] == ["ISO112"] * len(found)
    return [chain(one).partition(" ")[0].removeprefix("app.fields.") for one in found]


@pytest.mark.parametrize(
    ("used", "runs"),
    [
        ("return Row().value", "Loaded.__get__"),
        ("return Row().special", "Loaded.__get__"),
        ("return Derived().value", "Loaded.__get__"),
        ("return Row().decorated", "Loaded.__get__"),
        ("Row().value = 1", "Loaded.__set__"),
        ("return Row().made", "Row.<lambda>"),
        ("return Row().url", "Row._url"),
        ("Row().stored = 1", "Row._url"),
        ("return Row().loop.run(1)", "Loop.run"),
        ("return [print(1, Printed())]", "Printed.__str__"),
        ("return 1 if Sized() else 2", "Sized.__len__"),
    ],
)
def test_attribute_access_runs(drive: Drive, used: str, runs: str) -> None:
    assert names(f"def use():\n    {used}", drive) == [runs]


@pytest.mark.parametrize(
    "used",
    [
        "return Row().plain",
        "Row().plain = 1",
        "Row().url = 1",
        "return Row().stored",
        "return Row().quiet",
        "return Row().kept",
        "return Printed()",
        "return 1 if Told() else 2",
    ],
)
def test_attribute_access_that_runs_nothing(drive: Drive, used: str) -> None:
    assert names(f"def use():\n    {used}", drive) == []


def test_deriving_from_a_class(drive: Drive) -> None:
    core = "from app.fields import Registered\n\n\nclass Job(Registered):\n    name = ''\n"
    (found,) = drive(core, fields=FIELDS)
    assert "and is run by deriving a class here" in found.message
    assert names("class Row2(Row): ...", drive) == []
