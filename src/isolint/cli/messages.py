"""Messages on standard error, beside the report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from isolint.cli.colour import wants_colour
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterable


def say_error(text: str) -> None:
    """Say why something could not be done."""
    _say("error", "red", text)


def say_note(text: str) -> None:
    """Print a warning: a fact that the reader might not expect."""
    _say("note", "blue", text)


def remarks(warnings: Iterable[str], notes: Iterable[str]) -> str:
    """Return all there is to say of a run, beside the report."""
    told = [_worded("warning", "yellow", warning) for warning in warnings]
    return "".join([*told, *(_worded("note", "blue", note) for note in notes)])


def errors(texts: Iterable[str]) -> str:
    """Return reasons for which a run fails, beside the report."""
    return "".join(_worded("error", "red", text) for text in texts)


def say(text: str) -> None:
    """Print a message that is already worded."""
    click.echo(text, nl=False, err=True, color=wants_colour("auto", sys.stderr))


def _say(label: str, hue: str, text: str) -> None:
    say(_worded(label, hue, text))


def _worded(label: str, hue: str, text: str) -> str:
    if wants_colour("auto", sys.stderr):
        label = click.style(label, fg=hue, bold=True)
    shown = "\n".join(map(visible, text.splitlines()))
    return f"{label}: {shown}\n"
