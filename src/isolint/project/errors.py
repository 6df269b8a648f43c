"""Why a run could not take place at all."""

from __future__ import annotations

from typing import final


@final
class ProjectError(Exception):
    """The project could not be checked; the message names the fault and the remedy."""
