"""One JSON record a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from isolint.report.records import records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Outcome
    from isolint.report.view import View


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return the lines; nothing where nothing was found. ASCII only."""
    return "".join(json.dumps(record) + "\n" for record in records(outcomes, view))
