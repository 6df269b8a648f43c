"""SARIF reports are valid by the schema of OASIS, and complete.

``schemas/sarif-schema-2.1.0.json`` is a copy of
https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from msgspec.structs import replace

from isolint.model import Severity, Step
from isolint.report.fingerprints import with_fingerprints
from isolint.report.formats import Format, render
from isolint.rules import all_rules
from tests.report.samples import ALL, BASE, BROKEN, CLEAN, CRASHED, FIX, FOUND, VIEW, checked, finding

if TYPE_CHECKING:
    from isolint.report.view import View

SCHEMA = json.loads((Path(__file__).parent / "schemas/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR: Any = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
LOG = replace(VIEW, rules=all_rules())
CHAIN = (Step("app.run", "app.run", "app/run.py", 3), Step("asyncio.run", "app.go", "lib/ü go.py", 7))


def log_of(*outcomes: Any, view: View = LOG) -> dict[str, Any]:
    log = json.loads(render(with_fingerprints(outcomes), view, Format.SARIF))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run  # type: ignore[no-any-return]


def test_the_schema_is_the_official_one_and_says_no() -> None:
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    log = json.loads(render(ALL, LOG, Format.SARIF))
    log["runs"][0]["results"][0]["where"] = "here"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(log)


def test_each_finding_is_a_result() -> None:
    run = log_of(*ALL)
    assert [result["ruleId"] for result in run["results"]] == ["ISO900", "ISO102", "ISO103"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["ISO102", "ISO103", "ISO900"]
    result = run["results"][1]
    assert result["ruleIndex"] == 0
    assert result["level"] == "error"
    assert result["message"] == {"text": "`asyncio.run` starts an event loop. return the plan"}
    assert result["properties"] == {"role": "core", "resolved": "asyncio.run"}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "app/domain/user.py", "uriBaseId": "%SRCROOT%"},
                "region": {
                    "startLine": 12,
                    "startColumn": 5,
                    "endLine": 12,
                    "endColumn": 16,
                    "snippet": {"text": "    asyncio.run(main())"},
                },
            },
            "logicalLocations": [{"fullyQualifiedName": "app.domain.user.load"}],
        }
    ]
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///home/dev/shop/"}}


def test_a_clean_run() -> None:
    run = log_of(CLEAN)
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_a_file_that_could_not_be_checked_makes_the_run_fail() -> None:
    (invocation,) = log_of(CRASHED)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == (
        "could not be checked: permission denied"
    )


def test_a_chain_is_a_code_flow_from_the_finding_to_the_driver() -> None:
    (result,) = log_of(checked(finding(chain=CHAIN)))["results"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [each["location"] for each in flow["locations"]]
    assert [step["message"]["text"] for step in steps] == [
        "`asyncio.run` starts an event loop",
        "app.run",
        "asyncio.run",
    ]
    assert steps[2]["physicalLocation"] == {
        "artifactLocation": {"uri": "lib/%C3%BC%20go.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7},
    }
    assert [each["id"] for each in result["relatedLocations"]] == [1, 2]


def test_a_fix_says_what_it_does_and_how_safe_it_is() -> None:
    (result,) = log_of(checked(finding(fix=FIX)))["results"]
    (fix,) = result["fixes"]
    assert fix["description"] == {"text": "wrap in a lambda (unsafe: it now runs once per drive)"}
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": "lambda: "}
    assert replacement["deletedRegion"]["startColumn"] == replacement["deletedRegion"]["endColumn"] == 9


def test_fingerprints_tell_equal_findings_apart_and_outlive_moved_lines() -> None:
    def prints(*lines: int) -> list[str]:
        found = [finding(span=replace(finding().span, line=line)) for line in lines]
        return [each["partialFingerprints"]["isolint/v1"] for each in log_of(checked(*found))["results"]]

    first, second = prints(1, 2)
    assert first != second
    assert prints(11, 22) == [first, second]


def test_a_warning_has_the_level_warning() -> None:
    (result,) = log_of(checked(finding(severity=Severity.WARNING)))["results"]
    assert result["level"] == "warning"


def test_a_rule_has_its_page_and_its_address() -> None:
    (rule,) = log_of(FOUND, view=replace(LOG, rule_url="https://example.com/{code}.md"))["tool"]["driver"][
        "rules"
    ][:1]
    assert rule["helpUri"] == "https://example.com/ISO102.md"
    assert rule["help"]["markdown"].startswith("# ISO102 event-loop-run\n")


@pytest.mark.parametrize(
    ("view", "uri"),
    [
        (replace(LOG, repository=BASE.parent), {"uri": "shop/app/domain/user.py", "uriBaseId": "%SRCROOT%"}),
        (replace(LOG, repository=PurePosixPath("/srv")), {"uri": "file:///home/dev/shop/app/domain/user.py"}),
    ],
)
def test_paths_start_at_the_repository(view: View, uri: dict[str, str]) -> None:
    (result,) = log_of(checked(finding()), view=view)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == uri


def test_a_repository_on_a_drive() -> None:
    view = replace(LOG, repository=PureWindowsPath("C:/shop"), base=PureWindowsPath("C:/shop"))
    run = log_of(CLEAN, view=view)
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///C:/shop/"}}


def test_reports_neutralise_hostile_text() -> None:
    (result,) = log_of(BROKEN, checked(finding(message="\x1b[31m")))["results"][1:]
    assert "\x1b" not in result["message"]["text"]


def test_accepted_findings_are_suppressions() -> None:
    view = replace(LOG, baseline="accepted.json")
    (result,) = log_of(checked(finding(severity=Severity.HINT)), view=view)["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "accepted in accepted.json"}]
    assert "suppressions" not in log_of(FOUND, view=view)["results"][0]
