"""The baseline file: its format, the edits it survives, and errors of a damaged one."""

from __future__ import annotations

import json
from pathlib import PurePath

import pytest
from msgspec.structs import replace

from isolint.baseline import (
    Baseline,
    BaselineError,
    PaidDebt,
    compare,
    paid,
    parse,
    pruned,
    with_more,
)
from isolint.model import Checked, Crashed, Key, Role, Step, Unparsable
from tests.report.samples import BROKEN, checked, finding

CODES = {"ISO102", "ISO103"}
RUN = finding().key
TWO = checked(finding(), finding())
ENTRY = '{"module": "app.users", "scope": "load", "code": "ISO102", "subject": "asyncio.run", "count": 1}'


def of(*keys: Key) -> Baseline:
    return Baseline({key: keys.count(key) for key in keys})


def test_an_entry_a_line_sorted() -> None:
    other = replace(RUN, scope="", code="ISO103")
    text = of(RUN, other, RUN).text()
    assert text.splitlines()[2:-1] == [
        '  "findings": [',
        '    {"module": "app.domain.user", "scope": "", "code": "ISO103", "subject": "asyncio.run", "count": 1},',
        '    {"module": "app.domain.user", "scope": "load", "code": "ISO102", "subject": "asyncio.run", "count": 2}',
        "  ]",
    ]
    again = parse(text, CODES)
    assert dict(again.counts) == {RUN: 2, other: 1}
    assert again.text() == text
    assert again.lines == {other: 4, RUN: 5}


def test_an_empty_baseline() -> None:
    assert parse(of().text(), CODES).total == 0


def test_names_that_are_not_ascii_stay_readable() -> None:
    assert '"módulo"' in of(replace(RUN, module="módulo")).text()


def test_another_layout_is_read_without_lines() -> None:
    text = json.dumps(json.loads(of(RUN).text()), indent=4)
    assert parse(text, CODES) == Baseline({RUN: 1}, {RUN: 0})


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("<<<<<<< HEAD\n", 1, "git left a conflict here: keep the lines of both sides"),
        (f'{{"version": 1,\n"findings": [\n{ENTRY},\n=======\n]}}', 4, "git left a conflict here"),
        (
            f'{{"version": 1,\n"findings": [\n{ENTRY}\n{ENTRY}]}}',
            4,
            "not valid JSON: Expecting ',' delimiter",
        ),
        ("", 1, "not valid JSON"),
        ("[" * 100_000, 0, "not usable JSON: nested too deeply"),
        ("[]", 0, "not a baseline: it has no `version`"),
        ('{"version": 1}', 0, "not a baseline: it has no `version`"),
        (
            '{"version": 2, "findings": []}',
            0,
            "version 2 of the file format, but this isolint reads version 1",
        ),
        ('{"version": 1, "findings": {}}', 0, "`findings` must be an array"),
        ('{"version": 1, "findings": [1]}', 0, "not a finding: Expected `object`, got `int`"),
        (f'{{"version": 1, "findings": [\n{ENTRY},\n{ENTRY}]}}', 3, "this finding is listed twice"),
        (f'{{"version": 1, "findings": [\n{ENTRY.replace("102", "99")}]}}', 2, "unknown rule `ISO99`"),
        (f'{{"version": 1, "findings": [\n{ENTRY.replace("1}", "0}")}]}}', 2, "Expected `int` >= 1"),
        (f'{{"version": 1, "findings": [\n{ENTRY.replace(", ", ", 1: ", 1)}]}}', 2, "not valid JSON"),
        (
            f'{{"version": 1, "findings": [\n{ENTRY.replace("scope", "where")}]}}',
            2,
            "unknown field `where`",
        ),
    ],
)
def test_errors_of_a_baseline_file(text: str, line: int, message: str) -> None:
    with pytest.raises(BaselineError) as caught:
        parse(text, CODES)
    assert message in caught.value.message
    assert caught.value.line == line


def test_a_code_that_no_rule_has_can_be_read_to_be_removed() -> None:
    text = of(RUN, replace(RUN, code="ISO99")).text()
    assert parse(text, None).of_codes(CODES).counts == {RUN: 1}


def test_equal_findings_beyond_the_count_are_new() -> None:
    first, second, third = (finding(span=replace(finding().span, line=line)) for line in (1, 2, 3))
    (outcome,) = compare([checked(first, second, third)], of(RUN, RUN)).outcomes
    assert isinstance(outcome, Checked)
    assert (outcome.accepted, outcome.diagnostics) == ((first, second), (third,))


def test_a_count_is_shared_by_files_of_one_module() -> None:
    both = [checked(finding()), checked(finding(path=PurePath("app/domain/user.pyi")))]
    outcomes = compare(both, of(RUN)).outcomes
    assert [len(outcome.diagnostics) for outcome in outcomes if isinstance(outcome, Checked)] == [0, 1]


def test_a_chain_is_identified_by_its_first_step() -> None:
    chain = tuple(Step(name, "m", "m.py", 1) for name in ("app.helpers", "app.server"))
    assert finding(chain=chain, resolved="app.server").key.subject == "app.helpers"


@pytest.mark.parametrize("outcome", [BROKEN, Crashed(PurePath("x.py"), "permission denied")])
def test_a_file_that_was_not_checked_is_never_accepted(outcome: Unparsable | Crashed) -> None:
    assert with_more(of(), [outcome]).total == 0
    assert compare([outcome], of(BROKEN.diagnostic.key)).outcomes == (outcome,)


def test_debt_is_paid_by_findings_that_are_gone() -> None:
    gone = replace(RUN, scope="save")
    baseline = parse(of(RUN, RUN, RUN, gone).text(), CODES)
    compared = compare([TWO], baseline)
    assert compared.left == {RUN: 1, gone: 1}
    debt = paid(baseline, compared.left, lambda _: True)
    assert debt == (PaidDebt(RUN, 1, 2, 4), PaidDebt(gone, 1, 0, 5))
    assert paid(baseline, compared.left, lambda key: key == gone) == debt[1:]
    assert pruned(compared, lambda _: True).counts == {RUN: 2}
    assert pruned(compared, lambda key: key == gone).counts == {RUN: 3}
    assert pruned(compared, lambda _: False).counts == baseline.counts


def test_new_findings_are_added() -> None:
    compared = compare([TWO], of(RUN))
    assert pruned(compared, lambda _: True).counts == {RUN: 1}
    assert with_more(pruned(compared, lambda _: True), compared.outcomes).counts == {RUN: 2}


def test_a_clean_file_stays_the_same_object() -> None:
    clean = Checked(PurePath("x.py"), Role.CORE)
    assert compare([clean], of(RUN)).outcomes[0] is clean


@pytest.mark.parametrize("before", ["domain.user", "src.app.domain.user", "services/a:app.domain.user"])
def test_a_module_under_another_import_root_is_matched(before: str) -> None:
    baseline = of(replace(RUN, module=before))
    compared = compare([TWO], baseline, {"app.domain.user"})
    assert [len(outcome.diagnostics) for outcome in compared.outcomes if isinstance(outcome, Checked)] == [1]
    assert compared.left == {}
    assert pruned(compared, lambda _: True).counts == {RUN: 1}, "under the name of today"


@pytest.mark.parametrize("before", ["main.user", "ser", "other.domain.user", "app.domain.user.more"])
def test_another_module_is_not_matched(before: str) -> None:
    baseline = of(replace(RUN, module=before))
    assert compare([TWO], baseline, {"app.domain.user"}).left == dict(baseline.counts)


def test_a_module_that_is_there_keeps_what_is_accepted_in_it() -> None:
    baseline = of(replace(RUN, module="domain.user"))
    assert compare([TWO], baseline, {"app.domain.user", "domain.user"}).left == dict(baseline.counts)
    assert compare([TWO], baseline).left == dict(baseline.counts)
