"""Methods of a base class that call overridden methods: the class of the object decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import chain

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

JOBS = """
class Job:
    def __init__(self, name=""):
        self.name = name
        self.begin()

    def begin(self): ...

    def run(self):
        return self.prepared()

    def prepared(self):
        return self.work()

    def work(self):
        raise NotImplementedError

    @property
    def result(self):
        return self.work()

    @classmethod
    def all(cls):
        return cls.find()

    @classmethod
    def find(cls): ...

    @staticmethod
    def of_another(other):
        return other.work()

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, *_): ...

    def open(self): ...

    def again(self):
        return self.again() or self.run()

    def handing_on(self):
        return call(self.work)


def call(function):
    return function()
"""
LOADS = """
import asyncio

from app.jobs import Job


class Load(Job):
    def work(self):
        return asyncio.run(self.load())


class Wait(Load):
    def again(self):
        return super().run()


class Early(Job):
    def begin(self):
        asyncio.run(self.load())


class Found(Job):
    @classmethod
    def find(cls):
        return asyncio.run(cls.load())


class Opened(Job):
    def open(self):
        asyncio.run(self.load())


class Quiet(Job):
    def work(self):
        return 1
"""


@pytest.mark.parametrize(
    ("used", "steps"),
    [
        ("Load().run()", "Job.run Job.prepared Load.work"),
        ("Load().prepared()", "Job.prepared Load.work"),
        ("Load().result", "Job.result Load.work"),
        ("Wait().run()", "Job.run Job.prepared Load.work"),
        ("Wait().again()", "Wait.again Job.run Job.prepared Load.work"),
        ("Load().again()", "Job.again Job.run Job.prepared Load.work"),
        ("Early('a')", "Job.__init__ Early.begin"),
        ("Found.all()", "Job.all Found.find"),
        ("with Opened(): ...", "Job.__enter__ Opened.open"),
        ("Load().handing_on()", "Job.handing_on Load.work"),
    ],
)
def test_the_class_of_the_object_decides(drive: Drive, used: str, steps: str) -> None:
    (found,) = drive(f"from app.loads import *\n\n\ndef use():\n    {used}\n", jobs=JOBS, loads=LOADS)
    assert found.code == "ISO112"
    names = [step.partition(" ")[0].split(".", 2)[-1] for step in chain(found).split(" -> ")]
    assert names == [*steps.split(), "run"]


@pytest.mark.parametrize(
    "used",
    [
        "Quiet().run()",
        "Quiet().handing_on()",
        "Job().run()",
        "Early.all()",
        "Found().run()",
        "Quiet().of_another(1)",
        "with Load(): ...",
        "Load.of_another(Quiet())",
    ],
)
def test_other_classes_change_nothing(drive: Drive, used: str) -> None:
    core = f"from app.loads import *\nfrom app.jobs import Job\n\n\ndef use():\n    {used}\n"
    assert drive(core, jobs=JOBS, loads=LOADS) == []
