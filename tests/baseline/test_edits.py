"""Edits outside a finding's expression leave it accepted; an additional finding is reported."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isolint.baseline import Baseline, compare, with_more
from isolint.engine import check
from isolint.model import Checked, Role
from isolint.rule import Options
from isolint.rules import all_rules
from isolint.session import Session, Source
from tests.rules.test_catalogue_of_rules import ExampleWorld

if TYPE_CHECKING:
    from collections.abc import Sequence

FOUND = (
    "asyncio.run(work)",
    "asyncio.create_task(work)",
    "httpx.AsyncClient()",
    "asyncio.get_running_loop()",
)
"""Expressions that a rule reports in the core."""
SPELLED = {
    "asyncio.run(work)": "asyncio.run(\n{indent}    work,\n{indent})",
    "httpx.AsyncClient()": "( httpx . AsyncClient ( ) )",
}
"""The same expressions in another format."""
HARMLESS = ("", "# a remark", "other = 1", '"""Text."""', "other = len(work)")

functions = st.lists(
    st.lists(st.sampled_from(FOUND + HARMLESS[2:]), max_size=4), min_size=1, max_size=5
)  # by their place: `f0` and so on, every second one a method


def session() -> Session:
    return Session(Options(), ExampleWorld())


def outcome(source: str, path: str = "app/domain/x.py") -> Checked:
    file = Source(PurePath(path), "app.domain.x", Role.CORE, source.encode())
    checked = check(file, all_rules(), session())
    assert isinstance(checked, Checked), checked
    return checked


def written(given: Sequence[tuple[int, Sequence[str]]]) -> str:
    """Return a module of the numbered functions, in the order given."""
    return "import asyncio\nimport httpx\n\n" + "\n\n".join(map(_function, given)) + "\n"


def _function(numbered: tuple[int, Sequence[str]]) -> str:
    number, lines = numbered
    is_method = number % 2 == 1
    indent = "        " if is_method else "    "
    head = f"class C{number}:\n    def f(self, work):\n" if is_method else f"def f{number}(work):\n"
    body = [line.replace("{indent}", indent) for line in lines]
    return head + "".join(f"{indent}{line}\n" for line in [*body, "return work"])


@st.composite
def edited(draw: st.DrawFn, bodies: Sequence[Sequence[str]]) -> str:
    """Return the module with harmless lines inserted, findings reformatted, and functions reordered."""
    changed: list[tuple[int, list[str]]] = []
    for number, body in enumerate(bodies):
        lines: list[str] = []
        for line in body:
            lines += draw(st.lists(st.sampled_from(HARMLESS), max_size=2))
            lines.append(SPELLED.get(line, line) if draw(st.booleans()) else line)
        changed.append((number, lines))
    return "# new\n" * draw(st.integers(0, 2)) + written(draw(st.permutations(changed)))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_edits_around_findings_report_nothing(data: st.DataObject) -> None:
    bodies = data.draw(functions)
    baseline = with_more(Baseline({}), [outcome(written([*enumerate(bodies)]))])
    after = outcome(data.draw(edited(bodies)), "moved/to/x.py")
    compared = compare([after], baseline)
    (judged,) = compared.outcomes
    assert isinstance(judged, Checked)
    assert judged.diagnostics == ()
    assert compared.left == {}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_one_finding_more_is_one_report(data: st.DataObject) -> None:
    bodies = data.draw(functions)
    baseline = with_more(Baseline({}), [outcome(written([*enumerate(bodies)]))])
    where = data.draw(st.integers(0, len(bodies) - 1))
    body = list(bodies[where])
    body.insert(data.draw(st.integers(0, len(body))), data.draw(st.sampled_from(FOUND)))
    grown = [*bodies[:where], body, *bodies[where + 1 :]]
    (judged,) = compare([outcome(data.draw(edited(grown)))], baseline).outcomes
    assert isinstance(judged, Checked)
    assert len(judged.diagnostics) == 1


@pytest.mark.parametrize("expression", FOUND)
def test_each_expression_is_one_finding(expression: str) -> None:
    """The functions have findings; without them the properties would hold trivially."""
    for text in (expression, SPELLED.get(expression, expression)):
        (found,) = outcome(written([(1, [text])])).diagnostics
        assert (found.module, found.scope) == ("app.domain.x", "C1.f")


@pytest.mark.parametrize("line", HARMLESS)
def test_a_harmless_line_has_no_finding(line: str) -> None:
    assert outcome(written([(1, [line])])).diagnostics == ()


def test_a_baseline_of_a_syntax_that_only_newer_pythons_read_knows_the_functions_too() -> None:
    source = "import asyncio\n\ntype T = int\n\ndef f[T](work):\n    asyncio.run(work)\n"
    (found,) = outcome(source).diagnostics
    assert found.scope == "f"
