"""All records as one JSON array."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from isolint.report.records import records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Outcome
    from isolint.report.view import View


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return the array, indented; ``[]`` where nothing was found. ASCII only."""
    return json.dumps(list(records(outcomes, view)), indent=2) + "\n"
