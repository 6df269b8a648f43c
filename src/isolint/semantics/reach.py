"""Whether a module's imports lead to known names through other first-party modules.

The gate asks this of files that spell out none of those names, so a no must be certain.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.semantics.glimpse import Glimpse
    from isolint.semantics.index import ModuleIndex


def reaches_known_names(glimpse: Glimpse, index: ModuleIndex, text: Callable[[], str]) -> bool:
    """Whether an import of the module may bring in a name the catalogue knows, under whatever name.

    ``text`` is asked for where that depends on what is used of an imported module.
    """
    if any(index.is_known(name) or index.gives_known_names(name) for name in glimpse.imports):
        return True
    if any(map(index.leaking_names, glimpse.exports.stars)):
        return True
    held = frozenset[str]().union(*map(index.leaking_names, glimpse.imports))
    return bool(held) and bool(_read_of_module(held).search(text()))


@lru_cache(maxsize=256)
def _read_of_module(names: frozenset[str]) -> re.Pattern[str]:
    """Match what reads one of ``names`` as an attribute, or names it in quotes, as for ``getattr``."""
    return re.compile(rf"""(?:\.[\s\\]*|["'])(?:{"|".join(map(re.escape, sorted(names)))})\b""")


def imports_first_party(glimpse: Glimpse, index: ModuleIndex) -> bool:
    """Whether the module imports anything of its own project, so that types may come from there."""
    return any(index.split(name) is not None for name in glimpse.imports)


def reaches_plans(glimpse: Glimpse, index: ModuleIndex) -> bool:
    """Whether the module imports, directly or not, a first-party module that speaks of plans."""
    return any(index.reaches_plans(name) for name in glimpse.imports)
