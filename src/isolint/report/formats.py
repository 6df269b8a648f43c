"""The formats by the names users give them."""

from __future__ import annotations

from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, final

from isolint.report import statistics
from isolint.report.chains import causes
from isolint.report.fixed import fixable
from isolint.report.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from isolint.model import Outcome
    from isolint.report.view import View

    Renderer: TypeAlias = Callable[[Sequence[Outcome], View], str]


@final
class Format(Enum):
    """The format of a report."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSON_LINES = "json-lines"
    GITHUB = "github"
    GITLAB = "gitlab"
    AZURE = "azure"
    JUNIT = "junit"
    RDJSON = "rdjson"
    SARIF = "sarif"

    @property
    def prose(self) -> bool:
        """Whether the format is for people, so that a closing sentence may follow it."""
        return self in {Format.FULL, Format.CONCISE}

    @property
    def knows_hints(self) -> bool:
        """Whether the format has a severity for findings that are shown and do not count."""
        return self not in {Format.AZURE, Format.JUNIT}


_MODULES = {Format.JSON: "json_array"}
"""Modules that are not called like their format."""


def render(outcomes: Sequence[Outcome], view: View, chosen: Format) -> str:
    """Return the report, empty or ending with a line end. ``outcomes`` are shown in the order given."""
    name = _MODULES.get(chosen, chosen.value.replace("-", "_"))
    # Each is imported when it is asked for: a run needs one or two.
    renderer: Renderer = import_module(f"isolint.report.{name}").render
    return renderer(outcomes, view)


def render_statistics(outcomes: Sequence[Outcome], chosen: Format) -> str:
    """Return the counts: as JSON for the formats that programs read, else as a table."""
    machine = chosen in {Format.JSON, Format.JSON_LINES}
    return statistics.render_json(outcomes) if machine else statistics.render(outcomes)


def closing(outcomes: Sequence[Outcome], view: View) -> str:
    """Return the lines behind a report: the steps that most of its chains share, if any, and the count."""
    return f"{causes(outcomes)}{Tally.of(outcomes).sentence(view.baseline)}\n{fixable(outcomes)}"
