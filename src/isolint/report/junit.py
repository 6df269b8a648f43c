"""JUnit XML, which most CI servers show: a suite for each file with findings, a failure for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from isolint.model import Crashed, Severity
from isolint.report.chains import worded
from isolint.report.tally import Tally, findings_of
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.model import Diagnostic, Outcome
    from isolint.report.view import View

_NOT_XML = str.maketrans(dict.fromkeys(("\ufffe", "\uffff", *map(chr, range(0xD800, 0xE000))), "\ufffd"))
"""Characters that XML has no place for, beside those that ``visible`` replaces."""


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return the suites; a run without findings has one test, which passed: no test at all counts as a fault."""
    tally = Tally.of(outcomes)
    tests = tally.findings + tally.crashed or 1
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="isolint" tests="{tests}" failures="{tally.failures}" errors="{tally.crashed}">',
    ]
    for outcome in outcomes:
        lines += _suite(outcome, view)
    if not (tally.findings or tally.crashed):
        lines += [
            '  <testsuite name="isolint" tests="1" failures="0" errors="0">',
            '    <testcase name="no findings" classname="isolint" />',
            "  </testsuite>",
        ]
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(outcome: Outcome, view: View) -> Iterator[str]:
    cases = [line for found in findings_of(outcome) for line in _case(found, view)]
    name = _attribute(view.short(outcome.path))
    if isinstance(outcome, Crashed):
        error = _attribute(f"could not be checked: {outcome.error}")
        yield f'  <testsuite name={name} tests="1" failures="0" errors="1">'
        yield f"    <testcase name={name} classname={name}>"
        yield f"      <error message={error} />"
        yield "    </testcase>"
        yield "  </testsuite>"
    elif cases:
        tally = Tally.of([outcome])
        yield f'  <testsuite name={name} tests="{tally.findings}" failures="{tally.failures}" errors="0">'
        yield from cases
        yield "  </testsuite>"


def _case(found: Diagnostic, view: View) -> Iterator[str]:
    place = f"{view.short(found.path)}:{found.place}"
    name = _attribute(f"{found.code} {found.name} at {found.place}")
    owner = _attribute(
        ".".join(part for part in (found.module, found.scope) if part) or view.short(found.path)
    )
    text = "\n".join(_text(part) for part in (f"{place}: {worded(found)}", found.help) if part)
    line = "" if found.cell else f' line="{found.span.line}"'
    yield f"    <testcase name={name} classname={owner} file={_attribute(view.short(found.path))}{line}>"
    if found.severity is Severity.WARNING:
        yield f"      <system-out>warning: {text}</system-out>"
    else:
        yield f"      <failure type={_attribute(found.code)} message={_attribute(worded(found))}>{text}</failure>"
    yield "    </testcase>"


def _text(text: str) -> str:
    return escape(visible(text).translate(_NOT_XML))


def _attribute(text: str) -> str:
    return quoteattr(visible(text).translate(_NOT_XML))
