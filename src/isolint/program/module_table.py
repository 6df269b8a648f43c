"""The questions that the linker asks about the modules of a project; their summaries answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.summary.model import FunctionBody, Imported, ModuleSummary


class ModuleTable(Protocol):
    """The modules of the project."""

    def summary(self, module: str) -> ModuleSummary | None:
        """Return the summary of a module, None where the project has none of that name that can be read."""
        ...

    def imports(self, module: str) -> Sequence[Imported]:
        """Return the imports of a module, none where the project has none of that name that can be read."""
        ...

    def body(self, module: str, function: str) -> FunctionBody:
        """Return the body of a function of a module; nothing for one that the module does not have."""
        ...

    def split(self, name: str, importer: str) -> tuple[str, str] | None:
        """Return the longest module of the project that ``name`` begins with, as seen from ``importer``, and the rest."""
        ...

    def is_module(self, name: str) -> bool:
        """Whether the project has a module of this unique name, or a package without a file of its own."""
        ...

    def may_replace_coroutines(self, asking: str) -> bool:
        """Whether a module beside ``asking``, in the same top-level package, may replace coroutine functions."""
        ...

    def note_name(self, asking: str, module: str, name: str) -> None:
        """Remember that the facts about the module ``asking`` depend on the meaning of a name of another."""
        ...

    def note(self, asking: str, asked: str) -> None:
        """Remember that one thing depends on another; see :mod:`isolint.program.dependencies` for how they are written."""
        ...
