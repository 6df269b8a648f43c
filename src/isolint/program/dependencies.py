"""Dependencies of outcomes on parts of modules: their spelling, and the outcomes that a changed part makes stale.

===================  =====================================================================================
``app.loops``        the outcome of a module, and the facts about its names
``app.loops:run``    the meaning of a top-level name: types of values, parameters, results
``app.loops:>run``   the functions that a function runs, and what it does with its arguments: the call graph
``app.loops:@run``   the lines of a function, or of a variable, that a message shows; of the module with ``*``
``app.loops:/``      the imports of a module, apart from their lines
===================  =====================================================================================

Where a name means something else, all that depends on the module of those who ask for it is stale, and so on. Where a
function does something else, the functions that run it are, and the modules that ask for one of them. So a new
function in a module makes no outcome stale, and a new line those alone whose messages show one of the lines that moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isolint.program.types import Place

DOES = ">"
"""Behind the colon, marks the behaviour of a function."""
LINES = "@"
IMPORTS = "/"
ANY = "*"
"""Stands for all functions of a module."""


def does(place: Place) -> str:
    """Return the dependency on the behaviour of a function: ``app.loops:>run``."""
    return f"{place.module}:{DOES}{place.qualname}"


def lines(module: str, function: str) -> str:
    """Return the dependency on the lines of a function, or of a variable: ``app.loops:@run``."""
    return f"{module}:{LINES}{function}"


def imports(module: str) -> str:
    """Return the dependency on the imports of a module: ``app.loops:/``."""
    return f"{module}:{IMPORTS}"
