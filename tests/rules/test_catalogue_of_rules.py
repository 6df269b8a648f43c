from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pytest

import isolint.rules
from isolint.config.selectors import ALWAYS_ON
from isolint.engine import check
from isolint.model import Checked, Role, Unparsable
from isolint.rule import Example, FixAvailability, Options, Rule
from isolint.rules import all_rules
from isolint.session import Session, Source
from isolint.suppressions import ABOUT_COMMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = [
    pytest.param(rule, example, kind, id=f"{rule.code}-{kind}-{example.title}")
    for rule in all_rules()
    for kind in ("bad", "good")
    for example in getattr(rule, kind)
]


class ExampleModule:
    """A module that stands beside an example."""

    is_package = False

    def __init__(self, module: str, source: str) -> None:
        self.place = f"{module.replace('.', '/')}.py"
        self._source = source

    def read(self) -> bytes:
        return self._source.encode()


class ExampleWorld:
    """The modules named in examples; the checked one is in the core."""

    def __init__(self, example: Example | None = None) -> None:
        modules = (*example.beside, ("app.domain.example", example.source)) if example is not None else ()
        self._modules = {name: ExampleModule(name, source) for name, source in modules}

    def role_of(self, module: str) -> Role | None:
        if module in self._modules:
            return Role.CORE if module.startswith("app.domain") else Role.UNASSIGNED
        return {"asyncplan": Role.RUNTIME, "asyncplan.shell": Role.SHELL}.get(module)

    def absolute(self, name: str, importer: str) -> str:  # noqa: ARG002  # one import root has all names
        return name

    def find(self, module: str) -> ExampleModule | None:
        return self._modules.get(module)

    def modules(self) -> list[str]:
        return list(self._modules)


def codes_in(
    source: str, rules: Sequence[Rule], role: Role = Role.CORE, example: Example | None = None
) -> list[str]:
    file = Source(PurePath("app/domain/example.py"), "app.domain.example", role, source.encode())
    outcome = check(file, rules, Session(Options(forbidden=("fastapi",)), ExampleWorld(example)))
    if isinstance(outcome, Unparsable):
        return [outcome.diagnostic.code]
    assert isinstance(outcome, Checked), outcome
    return [diagnostic.code for diagnostic in outcome.diagnostics]


@pytest.mark.parametrize(("rule", "example", "kind"), EXAMPLES)
def test_an_example_shows_what_it_says(rule: Rule, example: Example, kind: str) -> None:
    checked = [other for other in all_rules() if other is rule or not other.strict]
    role = Role.CORE if kind == "good" or Role.CORE in rule.roles else Role.UNASSIGNED
    codes = codes_in(example.source, checked, role, example)
    assert (rule.code in codes) if kind == "bad" else codes == []


def test_files_registry_and_codes_agree() -> None:
    folder = Path(isolint.rules.__file__).parent
    files = {path.stem for path in folder.glob("iso*.py")}
    assert files == {f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in all_rules()}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_documents_itself(rule: Rule) -> None:
    assert re.fullmatch(r"ISO[0-9]{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+|[a-z]+", rule.name)
    assert rule.bad
    assert rule.good
    assert rule.roles
    assert not rule.summary.endswith(".")
    assert len(rule.rationale.split()) >= 20
    assert bool(rule.mends) == (rule.fix is not FixAvailability.NONE), (
        "say what the fix does, and when there is none"
    )


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


def test_the_rules_that_no_comment_silences_say_how() -> None:
    assert {rule.code for rule in all_rules() if rule.silencing} == {ALWAYS_ON, *ABOUT_COMMENTS}
