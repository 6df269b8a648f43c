from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.model import Step
from isolint.report.chains import causes, worded
from isolint.report.formats import Format, closing, render
from tests.report.samples import CLEAN, VIEW, checked, finding

if TYPE_CHECKING:
    from isolint.model import Checked

LOAD = Step("app.domain.load", "app.domain", "app/domain.py", 9)
EMIT = Step("app.bus.emit", "app.bus", "app/bus.py", 3)
RUN = Step("asyncio.run", "app.bus", "app/bus.py", 4)
CONTEXT = Step("app.context", "app.context", "app/context.py", 1)
SERVER = Step("app.server", "app.context", "app/context.py", 24)


def driven(*chains: list[Step], others: int = 0, code: str = "ISO112") -> Checked:
    indirect = [finding(code=code, message="`f` drives", chain=tuple(steps)) for steps in chains]
    return checked(*indirect, *[finding()] * others)


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([], "`f` drives"),
        ([EMIT, RUN], "`f` drives: app.bus.emit (app/bus.py:3) -> asyncio.run (app/bus.py:4)"),
        (
            [LOAD, EMIT, RUN],
            f"`f` drives: {LOAD} -> {EMIT} -> {RUN}",
        ),
        (
            [LOAD, CONTEXT, SERVER, EMIT, RUN],
            f"`f` drives: {LOAD} -> 2 more -> {EMIT} -> {RUN}",
        ),
    ],
)
def test_a_chain_on_one_line_has_three_steps_and_a_count(steps: list[Step], text: str) -> None:
    found = driven(steps).diagnostics[0]
    assert worded(found) == text
    for one_line in (Format.CONCISE, Format.GITHUB, Format.JSON):
        assert text in render([checked(found)], VIEW, one_line)


@pytest.mark.parametrize("way", [[EMIT, RUN], [LOAD, EMIT, RUN]])
def test_the_common_cause_of_most_drives(way: list[Step]) -> None:
    outcomes = [CLEAN, driven(*[way] * 12, [CONTEXT, SERVER], others=2)]
    advice, total = closing(outcomes, VIEW).splitlines()
    assert advice == (
        "12 of these come down to `app.bus.emit`, which drives itself: name it in `allowed` if the core is meant to "
        "use it, or begin with it."
    )
    assert total == "Found 15 findings in 1 file (checked 2 files, all of them core)."


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("app.bus.emit.<lambda>", "`app.bus.emit`, which drives itself: name it in `allowed`"),
        ("app.bus.emit.<lambda>.later", "`app.bus.emit`, which drives itself: name it in `allowed`"),
        ("app.bus.<lambda>", "a lambda of `app.bus`, which drives itself: begin with it"),
    ],
)
def test_a_cause_without_a_name_is_told_by_what_is_around_it(name: str, advice: str) -> None:
    way = [Step(name, "app.bus", "app/bus.py", 3), RUN]
    assert causes([driven(*[way] * 12)]).startswith(f"12 of these come down to {advice}")


def test_the_common_cause_of_most_shell_imports() -> None:
    outcome = driven(*[[CONTEXT, SERVER]] * 11, *[[LOAD, CONTEXT, SERVER]] * 30, code="ISO111")
    advice, _ = closing([outcome], VIEW).splitlines()
    assert advice == "41 of these come down to the import of `app.server` at app/context.py:24."


def test_the_causes_of_both_kinds_are_told_the_greatest_first() -> None:
    outcomes = [driven(*[[EMIT, RUN]] * 10), driven(*[[CONTEXT, SERVER]] * 11, code="ISO111")]
    assert [line.split(" of ")[0] for line in causes(outcomes).splitlines()] == ["11", "10"]


def test_no_more_than_three_causes_are_told() -> None:
    ways = [[Step(f"app.f{n}", "app.f", "app/f.py", n), RUN] for n in range(5)]
    assert causes([driven(*ways * 12)]).count("\n") == 3


@pytest.mark.parametrize(
    "outcome",
    [
        driven(*[[EMIT, RUN]] * 9),
        driven(*([Step(f"app.f{number}", "app.f", "app/f.py", number), RUN] for number in range(20))),
        checked(*[finding()] * 20),
    ],
)
def test_few_findings_or_different_ones_have_nothing_in_common(outcome: Checked) -> None:
    assert causes([outcome]) == ""


def test_control_characters_in_names_are_shown_visibly() -> None:
    red = Step("app.\x1b[31mred.f", "app.red", "app/red.py", 1)
    assert "`app.␛[31mred.f`" in causes([driven(*[[red, RUN]] * 12)])
