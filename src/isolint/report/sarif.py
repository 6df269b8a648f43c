"""SARIF 2.1.0, which GitHub code scanning and many viewers read: https://docs.oasis-open.org/sarif/sarif/v2.1.0.

A chain is a code flow, its steps are related locations; the fingerprint is the one of the baseline. Paths are
relative to the repository, so that an uploaded report fits a checkout anywhere.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

import isolint
from isolint.model import Crashed, Severity, Span
from isolint.report import rule_page
from isolint.report.chains import with_cell
from isolint.report.tally import findings
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePath

    from isolint.model import Diagnostic, Fix, Outcome, Step
    from isolint.report.view import View
    from isolint.rule import Rule

Record: TypeAlias = "dict[str, Any]"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "isolint/v1"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return one log with one run."""
    found = list(findings(outcomes))
    codes = {each.code for each in found}
    rules = [rule for rule in view.rules if rule.code in codes]
    places = {rule.code: place for place, rule in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(rules, view)},
        "invocations": [_invocation(outcomes, view)],
        "originalUriBaseIds": {
            _ROOT: {"uri": _as_uri((view.repository or view.base).as_posix()).rstrip("/") + "/"}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, places, view) for each in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(rules: Sequence[Rule], view: View) -> Record:
    version = isolint.__version__
    return {
        "name": "isolint",
        "version": version,
        "rules": [_rule(rule, view) for rule in rules],
    }


def _rule(rule: Rule, view: View) -> Record:
    url = view.url_of(rule.code)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.rationale.strip()},
        "help": {"text": rule_page.text(rule), "markdown": rule_page.markdown(rule)},
        **({"helpUri": url} if url else {}),
        "properties": {"tags": [role.value for role in sorted(rule.roles, key=lambda role: role.value)]},
    }


def _invocation(outcomes: Sequence[Outcome], view: View) -> Record:
    """Return whether every file was checked; one that was not is a notification, as no rule speaks of it."""
    notifications = [
        {
            "level": "error",
            "message": {"text": visible(f"could not be checked: {outcome.error}")},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(outcome.path, view)}}],
        }
        for outcome in outcomes
        if isinstance(outcome, Crashed)
    ]
    return {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}


def _result(found: Diagnostic, places: dict[str, int], view: View) -> Record:
    here = _artifact(found.path, view)
    result: Record = {
        "ruleId": found.code,
        **({"ruleIndex": places[found.code]} if found.code in places else {}),
        "level": _LEVELS[found.severity],
        "message": {"text": _text(found)},
        "locations": [_location(found, here)],
        "partialFingerprints": {FINGERPRINT: found.fingerprint},
        "properties": {"role": found.role.value, "resolved": found.resolved},
    }
    if found.severity is Severity.HINT:
        result["suppressions"] = [{"kind": "external", "justification": f"accepted in {view.baseline}"}]
    if found.chain:
        steps = [_step(step, view) for step in found.chain]
        start = {**_location(found, here), "message": {"text": visible(found.message)}}
        result["relatedLocations"] = [{"id": number, **step} for number, step in enumerate(steps, 1)]
        result["codeFlows"] = [
            {"threadFlows": [{"locations": [{"location": each} for each in (start, *steps)]}]}
        ]
    if found.fix is not None and not found.cell:
        result["fixes"] = [_fix(found.fix, here)]
    return result


def _text(found: Diagnostic) -> str:
    return visible(with_cell(found)) + (f". {visible(found.help)}" if found.help else "")


def _location(found: Diagnostic, here: Record) -> Record:
    physical: Record = {"artifactLocation": here}
    if not found.cell:
        physical["region"] = {**_region(found.span), "snippet": {"text": found.snippet}}
    location: Record = {"physicalLocation": physical}
    name = ".".join(part for part in (found.module, found.scope) if part)
    return {**location, "logicalLocations": [{"fullyQualifiedName": name}]} if name else location


def _step(step: Step, view: View) -> Record:
    artifact = _artifact_at(view.of_project(step.path), view)
    region = {"startLine": max(step.line, 1)}
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": region},
        "message": {"text": visible(step.name)},
    }


def _fix(fix: Fix, here: Record) -> Record:
    replacements = [
        {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}} for edit in fix.edits
    ]
    reason = f" ({fix.safety.value}{f': {fix.reason}' if fix.reason else ''})"
    return {
        "description": {"text": fix.message + reason},
        "artifactChanges": [{"artifactLocation": here, "replacements": replacements}],
    }


def _artifact(path: PurePath, view: View) -> Record:
    return _artifact_at(view.full(path), view)


def _artifact_at(path: str, view: View) -> Record:
    """Return an absolute path relative to the repository, as it is where it lies elsewhere."""
    inside = view.in_repository(path)
    if PurePosixPath(inside).is_absolute() or PureWindowsPath(inside).is_absolute():
        return {"uri": _as_uri(inside)}
    return {"uri": quote(inside, errors="surrogatepass"), "uriBaseId": _ROOT}


def _as_uri(path: str) -> str:
    """Return an absolute path with ``/`` as a URI: ``file:///srv/app``, ``file:///C:/app``."""
    return "file://" + quote(path if path.startswith("/") else f"/{path}", safe="/:", errors="surrogatepass")


def _region(span: Span) -> Record:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
