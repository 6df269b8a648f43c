"""Uses of a driver on a condition over a parameter: calls that do not meet it drive nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

RUNNER = """
import asyncio


class Runner:
    @staticmethod
    def start(work, now=False, later=False):
        if now:
            asyncio.run(work)

    @classmethod
    def make(cls, work, now=False, later=False):
        if now:
            asyncio.run(work)

    def go(self, work, now=False, later=False):
        if now:
            asyncio.run(work)


def run(work, now=False, later=False):
    if now:
        asyncio.run(work)
"""
CALLEES = ["run", "Runner.start", "Runner().start", "Runner.make", "Runner().go"]


def codes(drive: Drive, call: str) -> list[str]:
    core = f"from app.runner import Runner, run\n\ndef load(work):\n    {call}\n"
    return [one.code for one in drive(core, runner=RUNNER)]


@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize(
    "given",
    ["work, True", "work, True, False", "work, now=True", "work=work, now=True", "*work", "work, **work"],
)
def test_a_condition_that_holds(drive: Drive, callee: str, given: str) -> None:
    assert codes(drive, f"{callee}({given})") == ["ISO112"]


@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize("given", ["work", "work, False", "work, False, True", "work, later=True", "True"])
def test_a_condition_that_does_not_hold(drive: Drive, callee: str, given: str) -> None:
    assert codes(drive, f"{callee}({given})") == []


@pytest.mark.parametrize(
    ("given", "expected"), [("work, True", ["ISO112"]), ("work", []), ("work, False", [])]
)
def test_a_method_called_by_its_class(drive: Drive, given: str, expected: list[str]) -> None:
    assert codes(drive, f"Runner.go(Runner(), {given})") == expected


REPLACEABLE = """
import asyncio
import time


def by_default(work, run=asyncio.run, now=time.time):
    return run(work), now()


def by_keyword(work, *, run=asyncio.run, now=time.time):
    return run(work), now()


def by_alternative(work, run=None, now=None):
    return (run or asyncio.run)(work), (now or time.time)()


def by_choice(work, run=None, now=None):
    start = asyncio.run if run is None else run
    clock = now if now is not None else time.time
    return start(work), clock()


def by_assignment(work, run=None, now=None):
    if run is None:
        run = asyncio.run
    if now is None:
        now = time.time
    return run(work), now()


def in_any_case(work, run=None, now=None):
    run, now = asyncio.run, time.time
    return run(work), now()


def beside_a_default(work, run=print, now=print, loud=False):
    if loud:
        run, now = asyncio.run, time.time
    return run(work), now()
"""
STRICT = 'select = ["ISO112", "ISO308"]\n'


@pytest.mark.parametrize(
    "callee", ["by_default", "by_keyword", "by_alternative", "by_choice", "by_assignment"]
)
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ["ISO112", "ISO308"]),
        (", run=other", ["ISO308"]),
        (", now=other", ["ISO112"]),
        (", run=other, now=other", []),
    ],
)
def test_what_a_function_runs_where_none_is_passed(
    drive: Drive, callee: str, given: str, expected: list[str]
) -> None:
    core = f"from app.runner import {callee}\n\ndef load(work, other):\n    {callee}(work{given})\n"
    assert sorted(one.code for one in drive(core, config=STRICT, runner=REPLACEABLE)) == expected


@pytest.mark.parametrize("callee", ["in_any_case", "beside_a_default"])
def test_a_parameter_that_is_replaced_in_any_case(drive: Drive, callee: str) -> None:
    core = f"from app.runner import {callee}\n\ndef load(work, other):\n    {callee}(work, other, other)\n"
    assert sorted(one.code for one in drive(core, config=STRICT, runner=REPLACEABLE)) == ["ISO112", "ISO308"]


HANDING_ON = """
from app.replaceable import by_alternative, by_assignment


def optional(work, run=None):
    return by_assignment(work, run)


def required(work, run):
    return by_alternative(work, run=run)


def of_its_own(work, run=print):
    return by_alternative(work, run)


def explicit(work):
    return by_assignment(work, None)
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("optional(work)", ["ISO112"]),
        ("optional(work, None)", ["ISO112"]),
        ("optional(work, other)", []),
        ("required(work, other)", []),
        ("required(work, None)", ["ISO112"]),
        ("of_its_own(work)", []),
        ("of_its_own(work, other)", []),
        ("explicit(work)", ["ISO112"]),
    ],
)
def test_parameters_that_are_handed_on_to_be_replaced(drive: Drive, call: str, expected: list[str]) -> None:
    core = f"from app import runner\n\ndef load(work, other):\n    runner.{call}\n"
    found = drive(core, runner=HANDING_ON, replaceable=REPLACEABLE)
    assert [one.code for one in found] == expected


WITHIN = """
import time


def stamped(text, now=None):
    if now is None:
        now = time.time()
    return text, now


def stamped_too(text, now=None):
    return text, now or time.time()


def flagged(text, loud=None):
    if loud or time.time():
        return text
    return loud


def otherwise(text, now=None):
    if now is not None:
        return text
    return time.time()
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("stamped(text)", ["ISO308"]),
        ("stamped(text, other)", []),
        ("stamped_too(text)", ["ISO308"]),
        ("stamped_too(text, now=other)", []),
        ("flagged(text, other)", ["ISO308"]),
        ("otherwise(text)", ["ISO308"]),
        ("otherwise(text, other)", []),
    ],
)
def test_effects_where_a_value_is_not_passed(drive: Drive, call: str, expected: list[str]) -> None:
    core = f"from app import clock\n\ndef load(text, other):\n    clock.{call}\n"
    found = drive(core, config=STRICT, clock=WITHIN)
    assert [one.code for one in found] == expected


@pytest.mark.parametrize(
    "call", ["by_alternative(work, run)", "by_assignment(work, run=run)", "by_choice(work, run)"]
)
@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("work, run=None", ["ISO112"]),
        ("work, run: 'Callable[..., object] | None'", ["ISO112"]),
        ("work, run: 'Optional[Callable[..., object]]' = None", ["ISO112"]),
        ("work, run", []),
        ("work, run: 'Callable[..., object]'", []),
        ("work, run=print", []),
    ],
)
def test_parameters_of_the_core_that_are_handed_on(
    drive: Drive, call: str, signature: str, expected: list[str]
) -> None:
    head = "from collections.abc import Callable\nfrom typing import Optional\n\nfrom app import runner\n"
    core = f"{head}\ndef load({signature}):\n    runner.{call}\n"
    found = drive(core, config='select = ["ISO112"]\n', runner=REPLACEABLE)
    assert [one.code for one in found] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("find(work)", ["ISO112"]),
        ("work.runner", ["ISO112"]),
        ("work.runner or None", ["ISO112"]),
        ("mine", []),
        ("lambda work: work", []),
        ("work.runner or mine", ["ISO112"]),
    ],
)
def test_values_that_may_be_none(drive: Drive, given: str, expected: list[str]) -> None:
    core = f"from app.runner import by_assignment, find\n\ndef mine(work): ...\n\ndef load(work):\n    by_assignment(work, {given})\n"
    found = drive(core, runner=REPLACEABLE + "\n\ndef find(work):\n    return work.get('run')\n")
    assert [one.code for one in found] == expected


@pytest.mark.parametrize(
    "given",
    [
        "str(text)", 'f"{text}"', "[text]", "{text: 1}", "[one for one in text]", "lambda: text", "not text", "text == 1",
        "-text", "text % 2", "Path(text)", '"{}".format(text)', "text.upper()", "len(text)", "text[1:]", "text or 'x'",
        "str(text) if text else 'x'", "held", "(now := str(text))", "Stamp.of(text)[:2]",
    ],
)  # fmt: skip
def test_an_argument_that_is_never_none_by_its_form(drive: Drive, given: str) -> None:
    core = (
        "from pathlib import Path\nfrom app.runner import stamped, Stamp\n\n"
        f"def load(text):\n    held = str(text)\n    stamped(1, {given})\n"
    )
    runner = f"{WITHIN}\nclass Stamp:\n    @staticmethod\n    def of(text): return thing(text)\n"
    assert drive(core, config=STRICT, runner=runner) == []


@pytest.mark.parametrize(
    "given",
    [
        "text.get('a')", "text['a']", "text.now", "text and str(text)", "text or None", "str(text) if text else None",
        "held", "shadowed(text)", "text or other",
    ],
)  # fmt: skip
def test_an_argument_that_may_be_none(drive: Drive, given: str) -> None:
    core = (
        "from app.runner import stamped\n\n"
        "def load(texts):\n"
        "    text, other = texts.first, texts.second\n"
        "    def str(x): return x.y\n"
        "    held = str(text)\n"
        "    if other:\n        held = other\n"
        f"    stamped(1, {given.replace('shadowed', 'str')})\n"
    )
    assert [one.code for one in drive(core, config=STRICT, runner=WITHIN)] == ["ISO308"]


SOURCES = """
import time


def read(raw=None, path=None, url=None):
    if raw is not None:
        return raw
    elif path is not None:
        return time.time()
    return url


def read_nested(raw=None, path=None):
    if path is not None and raw is None:
        return time.time()


def read_required(path):
    if path is not None:
        return time.time()


def handing_on(raw=None, path=None):
    return read(raw, path)


def handing_one_on(raw, path):
    return read(raw, path=path)
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("read(one)", []),
        ("read(raw=one)", []),
        ("read(url=one)", []),
        ("read()", []),
        ("read(None, None)", []),
        ("read(path=one)", ["ISO308"]),
        ("read(None, one)", ["ISO308"]),
        ("read(path=0)", ["ISO308"]),
        ("read(path='')", ["ISO308"]),
        ("read(path=None)", []),
        ("read(*one)", ["ISO308"]),
        ("read_nested(one)", []),
        ("read_nested(path=one)", ["ISO308"]),
        ("read_required(one)", ["ISO308"]),
        ("read_required(None)", []),
        ("handing_on(one)", []),
        ("handing_on(path=one)", ["ISO308"]),
        ("handing_one_on(one, None)", []),
        ("handing_one_on(None, one)", ["ISO308"]),
    ],
)
def test_a_branch_that_needs_an_argument(drive: Drive, call: str, expected: list[str]) -> None:
    core = f"from app import sources\n\ndef load(one):\n    sources.{call}\n"
    assert [one.code for one in drive(core, config=STRICT, sources=SOURCES)] == expected


def test_an_argument_that_has_passed_a_test_is_not_none(drive: Drive) -> None:
    core = """
        from app.runner import stamped

        def load(texts):
            now = texts.get("now")
            stamped(1, now)
            if isinstance(now, bytes):
                stamped(1, now)
    """
    assert [one.span.line for one in drive(core, config=STRICT, runner=WITHIN)] == [5]


TRUTHY = """
import time


def stamp(now=None):
    if now:
        return now
    return time.time()
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("stamp()", ["ISO308"]),
        ("stamp(None)", ["ISO308"]),
        ("stamp(one.now)", ["ISO308"]),
        ("stamp(Moment(one))", []),
        ("stamp(one)", []),
    ],
)
def test_what_stands_in_by_truth(drive: Drive, call: str, expected: list[str]) -> None:
    core = f"from app.runner import stamp\n\ndef load(one):\n    {call}\n"
    assert [one.code for one in drive(core, config=STRICT, runner=TRUTHY)] == expected
