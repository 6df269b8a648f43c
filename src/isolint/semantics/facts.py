"""What the binder finds in a module and the rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isolint.syntax.nodes import CSTNode


@dataclass(frozen=True, slots=True)
class Fact:
    """A node that a rule can be asked about."""

    node: CSTNode
