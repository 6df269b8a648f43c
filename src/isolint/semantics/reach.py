"""Whether a module's imports lead to known names through other first-party modules.

The gate asks this of files that spell out none of those names, so a no must be certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isolint.semantics.glimpse import Glimpse
    from isolint.semantics.index import ModuleIndex


def reaches_known_names(glimpse: Glimpse, index: ModuleIndex) -> bool:
    """Whether an import of the module may bring in a name the catalogue knows, under whatever name."""
    return any(index.leads_out(name) for name in glimpse.imports)


def imports_first_party(glimpse: Glimpse, index: ModuleIndex) -> bool:
    """Whether the module imports anything of its own project, so that types may come from there."""
    return any(index.split(name) is not None for name in glimpse.imports)


def reaches_plans(glimpse: Glimpse, index: ModuleIndex) -> bool:
    """Whether the module imports, directly or not, a first-party module that speaks of plans."""
    return any(index.reaches_plans(name) for name in glimpse.imports)
