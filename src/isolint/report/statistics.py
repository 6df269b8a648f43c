"""The number of findings of each rule, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from isolint.model import Crashed
from isolint.report.records import CRASHED
from isolint.report.tally import findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Outcome


def render(outcomes: Sequence[Outcome]) -> str:
    """Return ``count  code  name`` lines, aligned."""
    rows = _rows(outcomes)
    digits = max((len(f"{count:,}") for _, _, count in rows), default=0)
    return "".join(f"{count:>{digits},}  {code or 'error':6}  {name}\n" for code, name, count in rows)


def render_json(outcomes: Sequence[Outcome]) -> str:
    """Return an array of ``{code, name, count}``; ``code`` is null for files that could not be checked."""
    rows = [{"code": code, "name": name, "count": count} for code, name, count in _rows(outcomes)]
    return json.dumps(rows, indent=2) + "\n"


def _rows(outcomes: Sequence[Outcome]) -> list[tuple[str | None, str, int]]:
    counts = Counter((found.code, found.name) for found in findings(outcomes))
    rows: list[tuple[str | None, str, int]] = [(*rule, count) for rule, count in counts.items()]
    rows.sort(key=lambda row: (-row[2], row[0]))
    crashed = sum(isinstance(outcome, Crashed) for outcome in outcomes)
    return [*rows, (None, CRASHED, crashed)] if crashed else rows
