"""Logging commands of Azure Pipelines: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Crashed
from isolint.report.chains import with_cell
from isolint.report.tally import Tally, findings_of
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Diagnostic, Outcome
    from isolint.report.view import View


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return one ``logissue`` a finding, and the total as a line of the log."""
    lines = [line for outcome in outcomes for line in _issues(outcome, view)]
    return "".join(line + "\n" for line in [*lines, Tally.of(outcomes).sentence(view.baseline)])


def _issues(outcome: Outcome, view: View) -> list[str]:
    path = view.full(outcome.path)
    if isinstance(outcome, Crashed):
        return [_issue("error", f"could not be checked: {outcome.error}", sourcepath=path)]
    return [_finding(found, path) for found in findings_of(outcome)]


def _finding(found: Diagnostic, path: str) -> str:
    properties: dict[str, str | int] = {"sourcepath": path}
    if not found.cell:
        properties |= {"linenumber": found.span.line, "columnnumber": found.span.column}
    return _issue(found.severity.value, with_cell(found), **properties, code=found.code)


def _issue(kind: str, text: str, **properties: str | int) -> str:
    given = "".join(f"{key}={_property(str(value))};" for key, value in properties.items())
    return f"##vso[task.logissue type={kind};{given}]{_data(text)}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")
