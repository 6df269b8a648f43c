"""Relative imports: the package that they start from, and the absolute names that they mean."""

from __future__ import annotations


def package_of(module: str, *, is_package: bool) -> str:
    """Return the package that the relative imports of a module start from, empty for a module that is in none."""
    return module if is_package else module.rpartition(".")[0]


def absolute(module: str, level: int, package: str) -> str:
    """Return the module that ``from`` with ``level`` dots and ``module`` names inside ``package``.

    More dots than packages lead to the top: the file may be in packages that its import root does not show.
    """
    if not level:
        return module
    parts = package.split(".") if package else []
    kept = parts[: max(0, len(parts) - (level - 1))]
    return ".".join([*kept, *([module] if module else [])])


def level_of(name: str) -> int:
    """Return the number of dots that a name begins with: two for ``..a``."""
    return len(name) - len(name.lstrip("."))
