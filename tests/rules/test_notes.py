"""Messages and notes of findings: the fact, and the origin of a name that the line itself does not show."""

from __future__ import annotations

from pathlib import Path

import pytest

from isolint.model import Checked
from isolint.rules.references import reached_as
from tests.rules.expectations import FIXTURES, check_fixture

NOTES = {
    "ISO103-task-spawn/bad_groups.py": {
        23: "`first` is the asyncio.TaskGroup opened on line 20",
        57: "`self._group` is annotated as `anyio.abc.TaskGroup | None` on line 44",
        103: "`group` is a parameter annotated as `TaskGroup` on line 102",
        126: (
            "its type is not known: the name `tg` and the method `start_soon` point to anyio.abc.TaskGroup"
        ),
    },
    "ISO103-task-spawn/bad_narrowed.py": {
        15: "`given` has passed `isinstance` with `(asyncio.TaskGroup, trio.Nursery)` on line 13",
        57: "`group` has passed `isinstance` with `asyncio.TaskGroup` on line 56",
    },
    "ISO103-task-spawn/bad_narrowed_attributes.py": {
        13: "`self._given` has passed `isinstance` with `asyncio.AbstractEventLoop` on line 12",
        25: "`self._other.given` has passed `isinstance` with `asyncio.TaskGroup` on line 24",
    },
    "ISO103-task-spawn/bad_entered_parts.py": {
        39: "`one` is the asyncio.AbstractEventLoop opened on line 38",
    },
    "ISO102-event-loop-run/bad_tables.py": {
        41: '`self.table["loop"]` is `asyncio.new_event_loop()` on line 33',
        42: '`self.table["drive"]` is `asyncio.run` on line 37',
    },
    "ISO102-event-loop-run/bad_given_elsewhere.py": {
        12: "`pick` is `shop.domain.tables.pick`",
        18: "`WAYS` is `shop.domain.tables.WAYS`",
    },
    "ISO102-event-loop-run/bad_attributes.py": {
        28: "`self._engine` is `engine or asyncio.get_event_loop()` on line 19",
        109: "`self.runner` is the value of the property `runner` on line 99",
        120: "`self.engine` is `engine` on line 116, and `engine` is a parameter annotated as `AbstractEventLoop` on line 115",
    },
    "ISO102-event-loop-run/bad_namespace_package.py": {
        16: "`engine` is `shop.domain.space.engines.engine`",
        17: "",
        26: (
            "`pick(1)` gives the asyncio.AbstractEventLoop that `pick` returns, "
            "on line 31 of `shop.domain.space.engines`"
        ),
        40: (
            "`held.engine` is the asyncio.AbstractEventLoop that `shop.domain.space.engines.Held` keeps as `engine`"
        ),
    },
    "ISO102-event-loop-run/bad_names.py": {
        112: "`drive` is a parameter, by default `asyncio.run` on line 111"
    },
    "ISO102-event-loop-run/bad_no_doubt.py": {
        5: (
            "its type is not known: the name `loop` and the method `run_until_complete` point to "
            "asyncio.AbstractEventLoop"
        )
    },
    "ISO102-event-loop-run/bad_parts.py": {
        33: "`engine` is `with_a_number()` on line 32",
        46: "`engine` is an element of `zip(engines, works)` on line 45",
        52: "`kept` is an element of `named.items()` on line 51",
        68: "`self.engine` is `field(default_factory=asyncio.new_event_loop)` on line 64",
    },
    "ISO301-concrete-client/bad_sessions.py": {
        15: '`session` is a parameter annotated as `"boto3.Session"` on line 14',
        21: "`session` has passed `isinstance` with `boto3.Session` on line 20",
    },
    "ISO102-event-loop-run/bad.py": {23: "", 27: ""},
}
CASES = [(Path(name), line, note) for name, notes in NOTES.items() for line, note in notes.items()]


@pytest.mark.parametrize(("path", "line", "note"), CASES)
def test_the_note(path: Path, line: int, note: str) -> None:
    outcome = check_fixture(FIXTURES / path)
    assert isinstance(outcome, Checked)
    assert [found.note for found in outcome.diagnostics if found.span.line == line] == [note]


MESSAGES = {
    (
        "ISO303-ambient-capability/bad.py",
        35,
    ): "`os.environ.update` changes the environment here, not through a parameter",
    (
        "ISO303-ambient-capability/bad.py",
        36,
    ): "`os.environ` (reached as `environ`) uses the environment here, not through a parameter",
    (
        "ISO304-concrete-client-annotation/bad.py",
        8,
    ): "a parameter of the core is typed as `httpx.AsyncClient`",
    (
        "ISO304-concrete-client-annotation/bad.py",
        19,
    ): "an attribute of the core is typed as `redis.asyncio.Redis`",
    (
        "ISO304-concrete-client-annotation/bad.py",
        14,
    ): "a result of the core is typed as `redis.asyncio.Redis`",
    (
        "ISO105-hidden-concurrency/bad.py",
        13,
    ): "`asyncio.gather` (reached as `gather`) hides concurrency or a deadline in a coroutine, where",
    (
        "ISO105-hidden-concurrency/bad.py",
        35,
    ): "`asyncio.gather` hides concurrency or a deadline in a function, where",
    (
        "ISO105-hidden-concurrency/bad_forms.py",
        13,
    ): "`asyncio.gather` hides concurrency or a deadline in a module, where",
    ("ISO106-ambient-event-loop/bad.py", 39): "`asyncio.AbstractEventLoop` in a signature hands",
    ("ISO106-ambient-event-loop/bad.py", 50): "`uvloop.Loop` as an attribute keeps",
    (
        "ISO409-swallowed-cancellation/bad.py",
        116,
    ): "`except (..., asyncio.CancelledError, ...)` catches the cancellation",
}


@pytest.mark.parametrize(("place", "message"), MESSAGES.items())
def test_the_message(place: tuple[str, int], message: str) -> None:
    outcome = check_fixture(FIXTURES / place[0])
    assert isinstance(outcome, Checked)
    (found,) = (found.message for found in outcome.diagnostics if found.span.line == place[1])
    assert found.startswith(message)


HELPS = {
    ("ISO202-lifted-coroutine/bad.py", 24): "give async_lift the call, not its result",
    ("ISO202-lifted-coroutine/bad.py", 29): "make it inside: async_lift(lambda: ...) has to give",
    ("ISO202-lifted-coroutine/bad.py", 41): "give it a function of no arguments",
    ("ISO204-one-shot-capture/bad.py", 20): "capture a list or tuple of it",
    ("ISO204-one-shot-capture/bad.py", 56): "make it inside the thunk",
    ("ISO204-one-shot-capture/bad_streams.py", 11): "open it inside the thunk",
    ("ISO412-plan-given-to-driver/bad.py", 11): "return the plan, and let the shell perform it",
    ("ISO412-plan-given-to-driver/bad_shell.py", 16): "perform it: perform_async(",
    ("ISO412-plan-given-to-driver/bad_shell.py", 30): "gather the plans (async_gather), and perform",
}


@pytest.mark.parametrize(("place", "way_out"), HELPS.items())
def test_the_help(place: tuple[str, int], way_out: str) -> None:
    path, line = place
    code = path.partition("-")[0]
    outcome = check_fixture(FIXTURES / path)
    assert isinstance(outcome, Checked)
    found = [each.help for each in outcome.diagnostics if (each.span.line, each.code) == (line, code)]
    assert [text[: len(way_out)] for text in found] == [way_out]


@pytest.mark.parametrize(
    ("line", "way_out"),
    [
        (17, "for a plain function of the value there is async_map"),
        (64, "for a plain function of the error there is async_map_err"),
        (68, "async_lift(lambda: call(...))"),
    ],
)
def test_the_help_names_the_map_of_the_combinator_if_it_has_one(line: int, way_out: str) -> None:
    outcome = check_fixture(FIXTURES / "ISO404-bind-returns-value/bad.py")
    assert isinstance(outcome, Checked)
    (found,) = (each for each in outcome.diagnostics if each.span.line == line)
    assert found.help.endswith(way_out)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("asyncio.run", ""),
        ("aio.run", " (reached as `aio.run`)"),
        (f"{'a' * 60}.run", f" (reached as `...{'a' * 53}.run`)"),
    ],
)
def test_a_long_spelling_is_cut_to_its_end(written: str, shown: str) -> None:
    assert reached_as(written, "asyncio.run") == shown
