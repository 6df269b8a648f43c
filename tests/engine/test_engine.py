from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from isolint.engine import check
from isolint.model import Checked, Crashed, Outcome, Role, Suppress, Unparsable
from isolint.rule import Context, Finding, Options
from isolint.rules import all_rules
from isolint.session import Session, Source
from tests.rules.test_catalogue_of_rules import ExampleWorld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantic_index.facts import Fact

DRIVES = "import asyncio\nasyncio.run(x)"
SURROGATE = b"# coding: unicode_escape\nx = '\\ud800'\n"


def run(
    source: str | bytes,
    *,
    role: Role = Role.CORE,
    suppress: Suppress = Suppress.ALL,
    options: Options | None = None,
    path: str = "app/domain/x.py",
) -> Outcome:
    data = source.encode() if isinstance(source, str) else source
    file = Source(PurePath(path), "app.domain.x", role, data)
    return check(file, all_rules(), Session(options or Options(), ExampleWorld()), suppress)


def codes(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Checked), outcome
    return [d.code for d in outcome.diagnostics if d.code != "ISO901"]  # it has its own tests


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.CORE, ["ISO102", "ISO103", "ISO105"]),
        (Role.RUNTIME, ["ISO102"]),
        (Role.SHELL, []),
        (Role.TESTS, []),
    ],
)
def test_the_role_decides_which_rules_apply(role: Role, expected: list[str]) -> None:
    source = "import asyncio\nasyncio.run(x)\nasyncio.create_task(x)\nasyncio.gather(x)\n"
    assert codes(run(source, role=role)) == expected


def test_a_rule_that_fails_is_a_crash_and_not_a_clean_file() -> None:
    def broken(_fact: Fact, _context: Context) -> Iterator[Finding]:
        message = "a defect"
        raise ZeroDivisionError(message)

    rules = [replace(rule, check=broken) for rule in all_rules()]
    file = Source(PurePath("x.py"), "x", Role.CORE, DRIVES.encode())
    outcome = check(file, rules, Session(Options(), ExampleWorld()))
    assert isinstance(outcome, Crashed)
    assert outcome.error == "ZeroDivisionError: a defect"
    assert "broken" in outcome.details


@pytest.mark.parametrize("role", list(Role))
def test_unparsable_modules_are_reported_in_every_role(role: Role) -> None:
    outcome = run("def (:\n", role=role)
    assert isinstance(outcome, Unparsable)
    assert outcome.diagnostic.code == "ISO900"
    assert outcome.diagnostic.span.line == 1


@pytest.mark.parametrize("source", [b"x = '\xff'", b"# coding: nope\n", b"\0", b"(" * 100_000, SURROGATE])
def test_bytes_that_are_not_python(source: bytes) -> None:
    assert isinstance(run(source), Unparsable)


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: ISO102",
        "# noqa:ISO102",
        "# NOQA: ISO102",
        "# noqa: E501,ISO102",
        "# noqa: ISO",
        "# isolint: ignore",
        "# isolint: ignore[ISO102]",
        "# isolint: ignore[ISO101, ISO102] -- the one entry point",
        "# isolint: ignore[event-loop-run]",
        "# isolint: ignore[ISO101, event-loop-run]",
    ],
)
def test_a_comment_accepts_a_finding(comment: str) -> None:
    outcome = run(f"{DRIVES}  {comment}\n")
    assert "ISO102" not in codes(outcome)
    assert isinstance(outcome, Checked)
    assert outcome.suppressed == 1


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: ISO103",
        "# isolint: ignore[ISO103]",
        "# isolint: ignore[task-spawn]",
        "# isolint: ignore[event-loop]",
        "# ignore",
        "# nothing",
    ],
)
def test_a_comment_about_something_else_does_not(comment: str) -> None:
    assert "ISO102" in codes(run(f"{DRIVES}  {comment}\n"))


def test_a_host_that_reads_noqa_itself() -> None:
    assert codes(run(f"{DRIVES}  # noqa\n", suppress=Suppress.OWN)) == ["ISO102"]
    assert codes(run(f"{DRIVES}  # isolint: ignore\n", suppress=Suppress.OWN)) == []
    assert codes(run(f"{DRIVES}  # isolint: ignore\n", suppress=Suppress.NONE)) == ["ISO102"]


def test_skip_file() -> None:
    assert codes(run(f"# isolint: skip-file\n{DRIVES}\n")) == []
    assert codes(run(f"# isolint: skip-file\n{DRIVES}\n", suppress=Suppress.NONE)) == ["ISO102"]
    assert codes(run(f"'''# isolint: skip-files'''\n{DRIVES}\n")) == ["ISO102"]


@pytest.mark.parametrize("comment", ["# isolint: skip-file", "# isolint: ignore -- \\"])
def test_a_string_is_no_comment(comment: str) -> None:
    assert codes(run(f'"""Says:\n\n    {comment}\n"""\n{DRIVES}\n')) == ["ISO102"]
    assert codes(run(f'{DRIVES}; text = """{comment} -- as text """\n')) == ["ISO102"]


def test_the_main_guard() -> None:
    source = 'import asyncio\nif __name__ == "__main__":\n    asyncio.run(x)\n'
    assert codes(run(source)) == ["ISO102"]
    assert codes(run(source, options=Options(allow_main_guard=True))) == []


def test_a_diagnostic_is_complete() -> None:
    outcome = run("import asyncio as aio\n\n\ndef f():\n    aio.run(x)\n")
    assert isinstance(outcome, Checked)
    (found,) = outcome.diagnostics
    assert (found.code, found.name, found.role) == ("ISO102", "event-loop-run", Role.CORE)
    assert (found.span.line, found.span.column, found.span.end_line, found.span.end_column) == (5, 5, 5, 12)
    assert found.resolved == "asyncio.run"
    assert "`asyncio.run` (reached as `aio.run`)" in found.message
    assert found.help
    assert found.snippet == "    aio.run(x)"
    assert found.noqa_line == 5


def test_relative_imports_start_from_the_package() -> None:
    options = Options(drivers=("app.support.drive",))
    assert codes(run("from ..support import drive\ndrive()\n", options=options)) == ["ISO102"]
    in_package = run(
        "from ...support import drive\ndrive()\n", options=options, path="app/domain/x/__init__.py"
    )
    assert codes(in_package) == ["ISO102"]


def test_long_expressions_are_walked() -> None:
    terms = " + ".join(["a"] * 700)
    assert codes(run(f"import asyncio\nx = {terms} + asyncio.run(y)\n")) == ["ISO102"]
    calls = "f(" * 150 + "asyncio.run(y)" + ")" * 150
    assert codes(run(f"import asyncio\nx = {calls}\n")) == ["ISO102"]
    # 3.12 alone bounds the recursion of C code, which libcst's code generation goes through, at a fixed depth:
    # beyond it such a file is reported as not checked.
    length = 100 if sys.version_info[:2] == (3, 12) else 400
    chain = "a" + ".b()" * length
    assert codes(run(f"import asyncio\nx = {chain}\nasyncio.run(x)\n")) == ["ISO102"]


def test_hostile_binding_is_bounded() -> None:
    many = "\n".join(f"    x = f{i}(x)\n    if x:\n        x = asyncio.run(x)" for i in range(1500))
    outcome = run(f"import asyncio\nfor x in y:\n{many}\n")
    assert codes(outcome) == ["ISO102"] * 1500
