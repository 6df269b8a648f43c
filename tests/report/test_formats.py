from __future__ import annotations

import dataclasses
import json
from pathlib import PurePosixPath
from typing import Any

import click
import pytest
from msgspec.structs import replace

from isolint.model import Checked, Role, Safety, Severity, Span, Step
from isolint.report.formats import Format, closing, render, render_statistics
from isolint.report.tally import Tally, with_accepted
from isolint.report.view import View
from tests.report.samples import ALL, BASE, BROKEN, CLEAN, CRASHED, DEFECT, FIX, FOUND, VIEW, checked, finding

CHAIN = (
    Step("app.run", "app.run", "app/run.py", 3),
    Step("app.go", "app.run", "app/run.py", 4),
    Step("asyncio.run", "app.go", "app/go.py", 7),
)

FULL = """\
app/broken.py:1:4: ISO900 unparsable: expected `:`
  |
1 | def
  |    ^

app/domain/user.py:12:5: ISO102 event-loop-run: `asyncio.run` starts an event loop
   |
12 |     asyncio.run(main())
   |     ^^^^^^^^^^^
   = resolved: asyncio.run
   = help: return the plan

app/domain/user.py:20:5: ISO103 task: `asyncio.run` starts an event loop
   |
20 |     asyncio.run(main())
   |     ^^^^^^^^^^^
   = resolved: asyncio.run
   = help: return the plan

app/locked.py: error: could not be checked: permission denied

"""

CONCISE = """\
app/broken.py:1:4: ISO900 expected `:`
app/domain/user.py:12:5: ISO102 `asyncio.run` starts an event loop
app/domain/user.py:20:5: ISO103 `asyncio.run` starts an event loop
app/locked.py: error: could not be checked: permission denied
"""

GITHUB = """\
::error title=isolint ISO900 unparsable,file=/home/dev/shop/app/broken.py,line=1,endLine=1,col=4,endColumn=4\
::expected `:`
::error title=isolint ISO102 event-loop-run,file=/home/dev/shop/app/domain/user.py,line=12,endLine=12,col=5,\
endColumn=16::`asyncio.run` starts an event loop%0Areturn the plan
::error title=isolint ISO103 task,file=/home/dev/shop/app/domain/user.py,line=20,endLine=20,col=5,endColumn=16\
::`asyncio.run` starts an event loop%0Areturn the plan
::error title=isolint could not check this file,file=/home/dev/shop/app/locked.py::permission denied
::notice title=isolint::Found 3 findings in 2 files (checked 3 files, all of them core, 1 could not be checked).
"""

STATISTICS = """\
1  ISO102  event-loop-run
1  ISO103  task
1  ISO900  unparsable
1  error   crashed
"""


@pytest.mark.parametrize(
    ("chosen", "text"), [(Format.FULL, FULL), (Format.CONCISE, CONCISE), (Format.GITHUB, GITHUB)]
)
def test_the_whole_report(chosen: Format, text: str) -> None:
    assert render(ALL, VIEW, chosen) == text


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        (Format.FULL, ""),
        (Format.CONCISE, ""),
        (Format.JSON, "[]\n"),
        (Format.JSON_LINES, ""),
        (Format.GITHUB, "::notice title=isolint::No findings (1 file, core).\n"),
    ],
)
def test_a_clean_run(chosen: Format, text: str) -> None:
    assert render([CLEAN], VIEW, chosen) == text


def test_full_shows_notes_line_by_line_and_the_proposed_fix() -> None:
    shown = render([checked(finding(note="one\ntwo", fix=FIX))], VIEW, Format.FULL)
    assert "   = note: one\n           two\n" in shown
    assert "   = fix: wrap in a lambda (unsafe: it now runs once per drive)\n" in shown


def test_full_shows_each_step_of_a_chain_on_a_line_of_its_own() -> None:
    said = "`app.run` drives work, and is called here"
    text = render([checked(finding(message=said, chain=CHAIN))], VIEW, Format.FULL)
    first, *_ = text.splitlines()
    assert first.endswith(f": {said}")
    assert text.count("app.run (app/run.py:3)") == 1
    assert (
        """\
   = chain: app.run (app/run.py:3)
            -> app.go (app/run.py:4)
            -> asyncio.run (app/go.py:7)
   = resolved: asyncio.run
"""
        in text
    )


def test_full_says_nothing_of_a_safe_fix_but_what_it_does() -> None:
    safe = replace(FIX, safety=Safety.SAFE)
    assert "   = fix: wrap in a lambda\n" in render([checked(finding(fix=safe))], VIEW, Format.FULL)


def test_a_defect_shows_its_traceback_only_when_asked() -> None:
    brief = render([DEFECT], VIEW, Format.FULL)
    assert "Traceback" not in brief
    assert "--verbose" in brief
    assert "  Traceback (most recent" in render([DEFECT], replace(VIEW, verbose=True), Format.FULL)


def test_colour_changes_nothing_but_colour() -> None:
    painted = render(ALL, replace(VIEW, colour=True), Format.FULL)
    assert "\x1b[31m\x1b[1mISO102\x1b[0m" in painted
    assert click.unstyle(painted) == FULL


HOSTILE = "\x1b]0;owned\x07\u202e\r"


@pytest.mark.parametrize("chosen", Format)
def test_no_format_passes_control_characters_on(chosen: Format) -> None:
    nasty = finding(
        path=BASE / f"app/{HOSTILE}.py",
        message=HOSTILE,
        help=HOSTILE,
        note=HOSTILE,
        resolved=HOSTILE,
        snippet=HOSTILE * 3,
    )
    crash = replace(DEFECT, path=nasty.path, error=HOSTILE, details=HOSTILE)
    shown = render([checked(nasty), crash], replace(VIEW, verbose=True), chosen)
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(shown)


RECORD: dict[str, Any] = {
    "code": "ISO102",
    "name": "event-loop-run",
    "message": "`asyncio.run` starts an event loop",
    "filename": "/home/dev/shop/app/domain/user.py",
    "cell": None,
    "location": {"row": 12, "column": 5},
    "end_location": {"row": 12, "column": 16},
    "url": None,
    "fix": None,
    "noqa_row": 12,
    "severity": "error",
    "role": "core",
    "resolved": "asyncio.run",
    "module": "app.domain.user",
    "scope": "load",
    "fingerprint": None,
    "chain": [],
}
CHAIN_MESSAGE = "`asyncio.run` starts an event loop: asyncio.run (app/go.py:7)"
CHAIN_RECORD = {"name": "asyncio.run", "module": "app.go", "filename": "/home/dev/shop/app/go.py", "row": 7}
FIX_RECORD = {
    "applicability": "unsafe",
    "message": "wrap in a lambda",
    "edits": [
        {"content": "lambda: ", "location": {"row": 3, "column": 9}, "end_location": {"row": 3, "column": 9}}
    ],
    "imports": [{"module": "asyncplan", "name": "async_lift"}],
}
CRASH_RECORD: dict[str, Any] = {
    **RECORD,
    "code": None,
    "name": "crashed",
    "message": "could not be checked: permission denied",
    "filename": "/home/dev/shop/app/locked.py",
    "cell": None,
    "location": {"row": 1, "column": 1},
    "end_location": {"row": 1, "column": 1},
    "noqa_row": None,
    "severity": "error",
    "role": None,
    "resolved": None,
    "module": None,
    "scope": None,
    "fingerprint": None,
    "chain": [],
}


@pytest.mark.parametrize(
    ("outcome", "record"),
    [
        (checked(finding()), RECORD),
        (checked(finding(fix=FIX)), {**RECORD, "fix": FIX_RECORD}),
        (checked(finding(resolved="", noqa_line=0)), {**RECORD, "resolved": None, "noqa_row": None}),
        (checked(finding(role=Role.UNASSIGNED)), {**RECORD, "role": "unassigned"}),
        (checked(finding(scope="")), {**RECORD, "scope": None}),
        (checked(finding(chain=CHAIN[2:])), {**RECORD, "message": CHAIN_MESSAGE, "chain": [CHAIN_RECORD]}),
        (checked(finding(severity=Severity.WARNING)), {**RECORD, "severity": "warning"}),
        (CRASHED, CRASH_RECORD),
    ],
)
def test_records(outcome: Any, record: dict[str, Any]) -> None:
    assert json.loads(render([outcome], VIEW, Format.JSON)) == [record]
    assert list(json.loads(render([outcome], VIEW, Format.JSON))[0]) == list(RECORD)


def test_json_lines_are_the_records_of_json_one_a_line() -> None:
    lines = render(ALL, VIEW, Format.JSON_LINES).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(render(ALL, VIEW, Format.JSON))
    assert len(lines) == 4


def test_github_escapes_what_would_end_a_command_or_a_property() -> None:
    odd = finding(path=PurePosixPath("/a,b:c%.py"), message="50%\r\nnext: a,b", name="a,b", help="")
    first, *_ = render([checked(odd)], View(BASE), Format.GITHUB).splitlines()
    assert first == (
        "::error title=isolint ISO102 a%2Cb,file=/a%2Cb%3Ac%25.py,line=12,endLine=12,col=5,endColumn=16"
        "::50%25%0D%0Anext: a,b"
    )


def test_github_gives_no_columns_for_several_lines() -> None:
    shown = render([checked(finding(span=Span(3, 5, 4, 2)))], VIEW, Format.GITHUB)
    assert ",line=3,endLine=4::" in shown


def test_statistics() -> None:
    assert render_statistics(ALL, Format.FULL) == STATISTICS
    twelve = [checked(*[finding()] * 12, finding(code="ISO101", name="other"))]
    assert render_statistics(twelve, Format.CONCISE) == "12  ISO102  event-loop-run\n 1  ISO101  other\n"


def test_statistics_as_json_name_crashes_too() -> None:
    assert json.loads(render_statistics([FOUND, CRASHED], Format.JSON)) == [
        {"code": "ISO102", "name": "event-loop-run", "count": 1},
        {"code": "ISO103", "name": "task", "count": 1},
        {"code": None, "name": "crashed", "count": 1},
    ]


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        ([], "No findings (0 files)."),
        ([CLEAN], "No findings (1 file, core)."),
        ([CRASHED], "No findings (0 files, 1 could not be checked)."),
        ([BROKEN], "Found 1 finding in 1 file (checked 1 file, core)."),
        ([CLEAN, FOUND], "Found 2 findings in 1 file (checked 2 files, all of them core)."),
        ([CLEAN] * 1234, "No findings (1,234 files, all of them core)."),
    ],
)
def test_the_closing_sentence(outcomes: Any, text: str) -> None:
    assert closing(outcomes, VIEW) == text + "\n"


def test_tally() -> None:
    assert Tally.of(ALL) == Tally(
        findings=3, affected=2, checked=3, core=3, crashed=1, suppressed=2, accepted=0, warnings=0
    )


def test_the_files_of_a_chain_are_named_from_the_root_of_the_project() -> None:
    below = View(BASE / "app", root=BASE)
    (record,) = json.loads(render([checked(finding(chain=CHAIN[2:]))], below, Format.JSON))
    assert record["chain"] == [CHAIN_RECORD]


def test_the_closing_sentence_names_the_baseline() -> None:
    view = replace(VIEW, baseline="accepted.json")
    outcome = dataclasses.replace(FOUND, accepted=FOUND.diagnostics * 206)
    told = "Found 2 new findings in 1 file (checked 1 file, core, 412 accepted in accepted.json).\n"
    assert closing([outcome], view) == told
    assert told.strip() in render([outcome], view, Format.GITHUB)


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        (Format.FULL, "app/domain/user.py:12:5: ISO102 event-loop-run: warning: `asyncio.run` starts"),
        (Format.CONCISE, "app/domain/user.py:12:5: ISO102 warning: `asyncio.run` starts"),
        (Format.GITHUB, "::warning title=isolint ISO102 event-loop-run,"),
    ],
)
def test_a_warning_is_told_as_one(chosen: Format, text: str) -> None:
    outcome = checked(finding(severity=Severity.WARNING), finding())
    assert render([outcome], VIEW, chosen).startswith(text)
    assert (
        closing([outcome], VIEW)
        == "Found 2 findings, 1 of them a warning, in 1 file (checked 1 file, core).\n"
    )


HINTED = with_accepted(
    dataclasses.replace(FOUND, diagnostics=FOUND.diagnostics[1:], accepted=FOUND.diagnostics[:1])
)


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        (Format.FULL, "app/domain/user.py:12:5: ISO102 event-loop-run: hint: `asyncio.run` starts"),
        (Format.CONCISE, "app/domain/user.py:12:5: ISO102 hint: `asyncio.run` starts"),
        (Format.JSON, '"severity": "hint"'),
        (Format.JSON_LINES, '"severity": "hint"'),
        (Format.GITHUB, "::notice title=isolint ISO102 event-loop-run,"),
        (Format.GITLAB, '"severity": "info"'),
        (Format.RDJSON, '"severity": "INFO"'),
        (Format.SARIF, '"level": "note"'),
    ],
)
def test_accepted_findings_are_rendered_as_hints(chosen: Format, text: str) -> None:
    assert render([HINTED], VIEW, chosen).count(text) == 1
    assert chosen.knows_hints


def test_hints_do_not_count_as_findings() -> None:
    assert isinstance(HINTED, Checked)
    assert [found.span.line for found in HINTED.diagnostics] == [12, 20]
    tally = Tally.of([HINTED])
    assert (tally.findings, tally.failures, tally.accepted) == (1, 1, 1)
