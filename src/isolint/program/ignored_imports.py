"""Imports that do not count: ``importer -> imported``, in the grammar of import-linter."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

ARROW = "->"


@final
class IgnoredImport(Struct, frozen=True):
    """A pattern for each side, in parts. ``*`` is one part of a name, ``**`` one or more."""

    importer: tuple[str, ...]
    imported: tuple[str, ...]

    def covers(self, importer: str, imported: str) -> bool:
        """Whether this is about that import."""
        return fits(self.importer, importer) and fits(self.imported, imported)


def parse(text: str) -> IgnoredImport:
    """Return the parts of ``a.b -> c.*``; raise ValueError with the fault."""
    importer, arrow, imported = text.partition(ARROW)
    if not arrow:
        raise ValueError('write both modules, as in "app.helpers -> app.infra.*"')
    return IgnoredImport(_parts(importer.strip()), _parts(imported.strip()))


def fits(pattern: Sequence[str], module: str) -> bool:
    """Whether a pattern is about a module; takes time in proportion to the product of both lengths."""
    names = module.rpartition(":")[2].split(".")  # the import root stands before the colon
    ends = {0}
    for part in pattern:
        if part == "**":
            ends = set(range(min(ends) + 1, len(names) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(names) and part in ("*", names[end])}
        if not ends:
            return False
    return len(names) in ends


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split("."))
    for part in parts:
        if part not in ("*", "**") and not part.isidentifier():
            raise ValueError(f"`{text}` is no module: write names, `*` or `**` between dots")
    return parts
