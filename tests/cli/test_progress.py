from __future__ import annotations

from io import StringIO

import pytest

from isolint.cli.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_run_of_less_than_a_second_draws_nothing(clock: Clock) -> None:
    terminal = Terminal()
    progress = Progress(terminal, clock)
    clock.now += 0.9
    progress(5, 10)
    progress.close()
    assert terminal.getvalue() == ""


def test_a_longer_run_is_drawn_and_wiped(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal = Terminal()
    progress = Progress(terminal, clock)
    clock.now += 1.5
    progress(5, 10)
    drawn = "checking [###############---------------] 5/10 files"
    assert terminal.getvalue() == "\r" + drawn
    progress.close()
    assert terminal.getvalue() == "\r" + drawn + "\r" + " " * len(drawn) + "\r"


def test_progress_is_drawn_ten_times_a_second_at_most(clock: Clock) -> None:
    terminal = Terminal()
    progress = Progress(terminal, clock)
    clock.now += 2
    for done in range(50):
        progress(done, 50)
        clock.now += 0.01
    assert terminal.getvalue().count("checking") == 5


def test_progress_never_fills_more_than_one_line(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    progress = Progress(terminal, clock)
    clock.now += 2
    progress(1, 2)
    assert len(terminal.getvalue().lstrip("\r")) == 19


def test_progress_is_not_drawn_without_a_terminal(clock: Clock) -> None:
    log = StringIO()
    progress = Progress(log, clock)
    clock.now += 60
    progress(1, 2)
    progress.close()
    assert log.getvalue() == ""
