"""What is said on standard error, beside the report."""

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


def say_warning(text: str) -> None:
    """Say why the answer may be weaker than it should be."""
    _say("warning", "yellow", text)


def say_note(text: str) -> None:
    """Say what the reader might not expect."""
    _say("note", "blue", text)


def say_remarks(warnings: Iterable[str], notes: Iterable[str]) -> None:
    """Say all there is to say of a run, beside the report."""
    for warning in warnings:
        say_warning(warning)
    for note in notes:
        say_note(note)


def _say(label: str, hue: str, text: str) -> None:
    colour = wants_colour("auto", sys.stderr)
    label = click.style(label, fg=hue, bold=True) if colour else label
    shown = "\n".join(map(visible, text.splitlines()))
    click.echo(f"{label}: {shown}", err=True, color=colour)
