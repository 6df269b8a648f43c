"""The formats that servers read: JUnit XML, GitLab Code Quality, Azure Pipelines, reviewdog."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from isolint.model import Edit, Fix, Safety, Severity, Span, Step
from isolint.report.fingerprints import with_fingerprints
from isolint.report.formats import Format, render
from tests.report.samples import ALL, BASE, CLEAN, CRASHED, FIX, VIEW, checked, finding

WARNING = checked(finding(severity=Severity.WARNING))
HOSTILE = "\x1b[0m ]]> <b> & \" ' ; ] % \ufffe \udc80 \n::error::x"


def shown(chosen: Format, *outcomes: Any) -> str:
    return render(with_fingerprints(outcomes), VIEW, chosen)


def suites(*outcomes: Any) -> ET.Element:
    return ET.fromstring(shown(Format.JUNIT, *outcomes).encode())  # noqa: S314  # a text written by this test


def test_junit_has_a_failure_for_each_finding_and_an_error_for_each_crash() -> None:
    root = suites(*ALL)
    assert dict(root.attrib) == {"name": "isolint", "tests": "4", "failures": "3", "errors": "1"}
    assert [suite.get("name") for suite in root] == ["app/broken.py", "app/domain/user.py", "app/locked.py"]
    case = root[1][0]
    assert case.get("classname") == "app.domain.user.load"
    assert (case.get("file"), case.get("line")) == ("app/domain/user.py", "12")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "ISO102"
    assert failure.text == "app/domain/user.py:12:5: `asyncio.run` starts an event loop\nreturn the plan"
    assert root[2][0].find("error") is not None


def test_junit_of_a_clean_run_has_a_test_that_passed() -> None:
    root = suites(CLEAN)
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert len(root.findall(".//testcase")) == 1


def test_junit_does_not_fail_for_a_warning() -> None:
    root = suites(WARNING)
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert root.find(".//failure") is None
    assert "warning: app/domain/user.py:12:5" in (root.findtext(".//system-out") or "")


@pytest.mark.parametrize("chosen", [Format.JUNIT, Format.AZURE, Format.GITLAB, Format.RDJSON, Format.SARIF])
def test_reports_neutralise_hostile_text(chosen: Format) -> None:
    found = finding(message=HOSTILE, resolved=HOSTILE, help=HOSTILE, path=BASE / "a ;]%.py")
    text = render([checked(found)], VIEW, chosen).encode("utf-8", "backslashreplace")
    assert b"\x1b" not in text
    assert b"\n::error" not in text
    if chosen is Format.JUNIT:
        assert "<b>" in (ET.fromstring(text)[0][0][0].get("message") or "")  # noqa: S314


def test_gitlab() -> None:
    broken, run, task, crash = json.loads(shown(Format.GITLAB, *ALL))
    assert run == {
        "description": "`asyncio.run` starts an event loop",
        "check_name": "ISO102",
        "fingerprint": run["fingerprint"],
        "severity": "major",
        "location": {
            "path": "app/domain/user.py",
            "lines": {"begin": 12, "end": 12},
            "positions": {"begin": {"line": 12, "column": 5}, "end": {"line": 12, "column": 16}},
        },
    }
    assert crash["severity"] == "blocker"
    assert len({each["fingerprint"] for each in (broken, run, task, crash)}) == 4
    assert json.loads(shown(Format.GITLAB, WARNING))[0]["severity"] == "minor"
    assert shown(Format.GITLAB, CLEAN) == "[]\n"


def test_gitlab_takes_paths_from_the_root_of_the_repository() -> None:
    view = replace(VIEW, repository=BASE.parent)
    (issue,) = json.loads(render([checked(finding())], view, Format.GITLAB))
    assert issue["location"]["path"] == "shop/app/domain/user.py"


def test_azure() -> None:
    lines = shown(Format.AZURE, CRASHED, WARNING, checked(finding(message="50 %"))).splitlines()
    place = "sourcepath=/home/dev/shop/app/domain/user.py;linenumber=12;columnnumber=5;code=ISO102;"
    assert lines == [
        "##vso[task.logissue type=error;sourcepath=/home/dev/shop/app/locked.py;]could not be checked: permission denied",
        f"##vso[task.logissue type=warning;{place}]`asyncio.run` starts an event loop",
        f"##vso[task.logissue type=error;{place}]50 %AZP25",
        "Found 2 findings, 1 of them a warning, in 2 files (checked 2 files, all of them core, 1 could not be checked).",
    ]


def diagnostics(*outcomes: Any, **view: Any) -> list[dict[str, Any]]:
    found = json.loads(render(outcomes, replace(VIEW, **view), Format.RDJSON))
    assert found["source"] == {"name": "isolint"}
    return found["diagnostics"]  # type: ignore[no-any-return]


def test_rdjson() -> None:
    (found,) = diagnostics(WARNING, rule_url="https://example.com/{code}")
    assert found == {
        "message": "`asyncio.run` starts an event loop\nreturn the plan",
        "location": {
            "path": "/home/dev/shop/app/domain/user.py",
            "range": {"start": {"line": 12, "column": 5}, "end": {"line": 12, "column": 16}},
        },
        "severity": "WARNING",
        "code": {"value": "ISO102", "url": "https://example.com/ISO102"},
    }
    assert diagnostics(CRASHED)[0]["message"] == "could not be checked: permission denied"


def test_rdjson_counts_bytes() -> None:
    (found,) = diagnostics(checked(finding(snippet="é = ü(x)", span=Span(1, 5, 1, 6))))
    assert found["location"]["range"] == {"start": {"line": 1, "column": 6}, "end": {"line": 1, "column": 8}}
    (found,) = diagnostics(checked(finding(span=Span(1, 5, 2, 6))))
    assert found["location"]["range"]["end"] == {"line": 2}


def test_rdjson_offers_a_fix_that_is_one_edit_of_the_line() -> None:
    edit = Edit(Span(12, 5, 12, 16), "run")
    (found,) = diagnostics(checked(finding(fix=Fix("rename", Safety.SAFE, (edit,)))))
    assert found["suggestions"] == [
        {"range": {"start": {"line": 12, "column": 5}, "end": {"line": 12, "column": 16}}, "text": "run"}
    ]
    for fix in (FIX, Fix("two", Safety.SAFE, (edit, edit))):
        (found,) = diagnostics(checked(finding(fix=fix)))
        assert "suggestions" not in found


def test_rdjson_names_the_steps_of_a_chain() -> None:
    (found,) = diagnostics(checked(finding(chain=(Step("app.run", "app.run", "app/run.py", 3),))))
    assert found["related_locations"] == [
        {
            "message": "app.run",
            "location": {"path": "/home/dev/shop/app/run.py", "range": {"start": {"line": 3}}},
        }
    ]


@pytest.mark.parametrize("chosen", [Format.JUNIT, Format.AZURE, Format.GITLAB, Format.RDJSON, Format.SARIF])
def test_a_finding_in_a_notebook_has_the_place_in_its_cell_and_no_line_of_the_file(chosen: Format) -> None:
    text = shown(chosen, checked(finding(cell=3, fix=FIX)))
    assert "cell 3:12:5" in text
    assert not re.search(r"(line|column)[^0-9a-z]{1,8}(12|5|16)\b", text, re.IGNORECASE)
