"""Workflow commands that GitHub Actions turns into annotations of the changed lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Crashed, Severity
from isolint.report.chains import worded
from isolint.report.tally import Tally, findings_of
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Diagnostic, Outcome
    from isolint.report.view import View

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return one ``::error`` or ``::warning`` a finding and the total as a ``::notice``: GitHub shows ten errors a step."""
    lines = [line for outcome in outcomes for line in _annotations(outcome, view)]
    total = _command("notice", Tally.of(outcomes).sentence(view.baseline), title="isolint")
    return "".join(line + "\n" for line in [*lines, total])


def _annotations(outcome: Outcome, view: View) -> list[str]:
    # Paths are absolute: GitHub takes a relative one from the repository's root, wherever isolint ran.
    file = view.full(outcome.path)
    if isinstance(outcome, Crashed):
        return [_command("error", outcome.error, title="isolint could not check this file", file=file)]
    return [_finding(found, file) for found in findings_of(outcome)]


def _finding(found: Diagnostic, file: str) -> str:
    text = worded(found) + (f"\n{found.help}" if found.help else "")
    command = _COMMANDS[found.severity]
    if found.cell:  # the lines of a notebook's file are not those of its cells
        return _command(command, f"{found.place}: {text}", title=_title(found), file=file)
    place = {"line": found.span.line, "endLine": found.span.end_line}
    if found.span.line == found.span.end_line:  # GitHub takes no columns for several lines
        place |= {"col": found.span.column, "endColumn": found.span.end_column}
    return _command(command, text, title=_title(found), file=file, **place)


def _title(found: Diagnostic) -> str:
    return f"isolint {found.code} {found.name}"


def _command(command: str, text: str, **properties: str | int) -> str:
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{command} {given}::{_data(text)}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
