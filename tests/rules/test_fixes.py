"""Every fix of every rule, applied as the command line applies it."""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

import pytest
from msgspec.structs import replace

from asyncplan import Ok, PlanContractError
from asyncplan.shell import run
from isolint import engine
from isolint.config import load
from isolint.model import Checked, Role, Safety, Suppress
from isolint.project import Checker, Workspace, text_checker
from isolint.project.checking import Job
from isolint.project.mending import Applicable, Choice, Mended, mend_text
from isolint.project.names.naming import SourceFile
from isolint.report.tally import findings
from isolint.rule import Example, FixAvailability, Options, Rule
from isolint.rules import all_rules
from isolint.session import Session, Source
from tests.rules.expectations import FIXTURES, folder_of
from tests.rules.test_catalogue_of_rules import ExampleWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.model import Diagnostic, Outcome

WITH_FIXES = [rule for rule in all_rules() if rule.fix is not FixAvailability.NONE]
ALL = Choice(Applicable.ALL)
ROLES = (Role.CORE, Role.SHELL)
"""All other roles are checked as one of these."""
EXAMPLES = [
    pytest.param(rule, example, role, id=f"{rule.code}-{example.title}-{role.value}")
    for rule in WITH_FIXES
    for example, role in product(rule.bad, ROLES)
    if role in rule.roles
]
FILES = [
    pytest.param(rule, path, id=f"{rule.code}-{path.stem}")
    for rule in WITH_FIXES
    for path in sorted((FIXTURES / folder_of(rule)).glob("*.py"))
]


class ExampleChecker:
    """A checker of an example's texts by all rules, with the fixes of one rule alone."""

    def __init__(self, rule: Rule, example: Example) -> None:
        self._rule = rule
        self._world = ExampleWorld(example)
        self.packages = frozenset({"app"})

    def calls(self, _module: str, _functions: Iterable[str]) -> list[tuple[str, str, int]]:
        return []

    def check_bytes(self, job: Job, data: bytes) -> Outcome:
        source = Source(job.file.shown, job.file.module, job.role, data)
        outcome = engine.check(source, all_rules(), Session(Options(), self._world))
        assert isinstance(outcome, Checked), outcome
        found = [
            one if one.code == self._rule.code else replace(one, fix=None) for one in outcome.diagnostics
        ]
        return Checked(outcome.path, outcome.role, tuple(found))


def mended_example(
    rule: Rule, example: Example, role: Role, written: Callable[[str], bytes] = str.encode
) -> tuple[Mended, Checker, Job]:
    path = PurePosixPath("app/domain/example.py")
    name = "app.domain.example"
    job = Job(SourceFile(Path("/", path), PurePath(path), path, name, (name,)), role)
    checker = cast("Checker", ExampleChecker(rule, example))
    return mend_text(job, written(example.source), checker, ALL), checker, job


@cache
def mended_file(rule: Rule, path: Path) -> tuple[Mended, Checker, Job]:
    config = load(FIXTURES, explicit=FIXTURES / "isolint.toml", isolated=False)
    config = replace(config, extend_select=(rule.code,), fixable=(rule.code,))
    workspace = Workspace(config, [path])
    (file,) = workspace.checked
    job = Job(file, workspace.decisions[file].role)
    checker = text_checker(workspace, Suppress.ALL)
    return mend_text(job, path.read_bytes(), checker, ALL), checker, job


def found_in(data: bytes, checker: Checker, job: Job) -> tuple[Diagnostic, ...]:
    outcome = checker.check_bytes(job, data)
    assert isinstance(outcome, Checked), outcome
    return outcome.diagnostics


def assert_mended(rule: Rule, mended: Mended, checker: Checker, job: Job) -> None:
    """Assert that fixable findings are gone, that no finding is new, and that a second turn changes nothing."""
    assert mended.problem == ""
    ast.parse(mended.after)
    before, after = (found_in(data, checker, job) for data in (mended.before, mended.after))
    offered = sum(one.fix is not None for one in before)
    assert bool(mended.fixed) == bool(offered)
    left = codes(after)
    assert left[rule.code] <= codes(before)[rule.code] - offered
    if rule.code == "ISO903":
        del left["ISO901"]  # only a well-formed suppression can be unused
    assert left <= codes(before), "a fix must not make new findings"
    assert all(one.fix is None for one in after)
    again = mend_text(job, mended.after, checker, ALL)
    assert not again.is_changed


def codes(found: Iterable[Diagnostic]) -> Counter[str]:
    return Counter(one.code for one in found)


@pytest.mark.parametrize(("rule", "example", "role"), EXAMPLES)
def test_the_fixes_of_an_example(rule: Rule, example: Example, role: Role) -> None:
    assert_mended(rule, *mended_example(rule, example, role))


def oddly_written(source: str) -> bytes:
    """Return a text with a byte order mark, tabs, carriage returns, and no line end at its end."""
    lines = (line.replace("    ", "\t") for line in source.rstrip("\n").split("\n"))
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        pytest.param(rule, example, id=f"{rule.code}-{example.title}")
        for rule in WITH_FIXES
        for example in rule.bad
    ],
)
def test_a_fix_does_not_mind_how_a_file_is_written(rule: Rule, example: Example) -> None:
    role = Role.SHELL if Role.SHELL in rule.roles else Role.CORE
    plain, _, _ = mended_example(rule, example, role)
    odd, _, _ = mended_example(rule, example, role, oddly_written)
    assert odd.after == oddly_written(plain.after.decode())


@pytest.mark.parametrize(("rule", "path"), FILES)
def test_the_fixes_of_a_fixture(rule: Rule, path: Path) -> None:
    mended, checker, job = mended_file(rule, path)
    assert_mended(rule, mended, checker, job)
    fixed = path.with_suffix(".py.fixed")
    if fixed.exists() or mended.is_changed:
        assert mended.after.decode() == fixed.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", WITH_FIXES, ids=lambda rule: rule.code)
def test_the_claimed_availability_is_true(rule: Rule) -> None:
    found: list[Diagnostic] = []
    for path in sorted((FIXTURES / folder_of(rule)).glob("bad*.py")):
        mended, checker, job = mended_file(rule, path)
        outcome = checker.check_bytes(job, mended.before)
        found += [one for one in findings([outcome]) if one.code == rule.code]
    safeties = {one.fix.safety if one.fix is not None else None for one in found}
    if rule.fix is FixAvailability.SOMETIMES:
        assert len(safeties) > 1, "that is always, or never"
    else:
        assert safeties == {Safety(rule.fix.value)}
    assert all(one.fix.reason for one in found if one.fix is not None and one.fix.safety is Safety.UNSAFE)


class Users:
    """The capability of the examples, which records its calls."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def get(self, user_id: str) -> Ok[str]:
        self.done.append(f"get {user_id}")
        return Ok(user_id)

    async def save(self, user: str) -> Ok[str]:
        self.done.append(f"save {user}")
        return Ok(user)


SAFE_EXAMPLES = [
    ("ISO202", 0, "load", ("ada",), Ok("ada"), PlanContractError),
    ("ISO402", 0, "greet", ("ada",), "Hello Ok(value='ada')", TypeError),
    ("ISO403", 0, "touch", ("ada",), Ok("ada"), None),
    ("ISO407", 0, "load", ("ada",), Ok("ada"), None),
    ("ISO407", 1, "load", ("ada",), Ok("ada"), None),
    ("ISO408", 0, "greet", ("ada",), Ok("Hello ada"), PlanContractError),
    ("ISO412", 0, "greet", ("ada",), "Hello Ok(value='ada')", TypeError),
    ("ISO412", 1, "main", ("ada",), Ok("ada"), PlanContractError),
    ("ISO414", 0, "register", ("ada",), None, None),
]
"""Rule, example, function, arguments, the result of the fixed code, and the failure of the original, if any."""


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(
    ("code", "index", "name", "arguments", "expected", "failure"),
    SAFE_EXAMPLES,
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_safe_fix_keeps_the_meaning(
    code: str, index: int, name: str, arguments: tuple[str, ...], expected: object, failure: Any
) -> None:
    """Code that ran behaves as before, and code that failed when driven now behaves as intended."""
    rule = next(rule for rule in WITH_FIXES if rule.code == code)
    mended, _, _ = mended_example(rule, rule.bad[index], Role.SHELL)
    assert {one.fix.safety for one in mended.fixed if one.fix is not None} == {Safety.SAFE}
    before, after = Users(), Users()
    if failure is None:
        driven(mended.before, name, arguments, before)
    else:
        with pytest.raises(failure):
            driven(mended.before, name, arguments, before)
    assert driven(mended.after, name, arguments, after) == expected
    assert driven(mended.after, name, arguments, after) == expected
    assert before.done == after.done[: len(before.done)]


def driven(source: bytes, name: str, arguments: tuple[str, ...], users: Users) -> object:
    """Execute an example, call one of its functions, and drive the result."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - the project's own examples
    made = namespace[name](*arguments, users)
    return asyncio.run(made) if inspect.iscoroutine(made) else run(made)


def test_each_rule_with_safe_fixes_has_its_example_run() -> None:
    safe = {
        one.code
        for rule in WITH_FIXES
        for example in rule.bad
        for one in mended_example(rule, example, Role.SHELL)[0].fixed
        if one.fix is not None and one.fix.safety is Safety.SAFE
    }
    assert safe == {code for code, *_ in SAFE_EXAMPLES} | {"ISO901", "ISO903"}
