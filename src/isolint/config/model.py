"""The one frozen configuration that a run works with."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.rule import Options

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_TESTS = ("tests/**", "test_*.py", "*_test.py", "conftest.py")
DEFAULT_SRC = (".", "src")
DEFAULT_RUNTIME = ("asyncplan",)
DEFAULT_SHELL = ("asyncplan.shell",)
DEFAULT_EXCLUDE = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".isolint_cache",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


@final
class Overlay(Struct, frozen=True):
    """Selectors of a command line, which win over every configuration."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@final
class Config(Struct, frozen=True):
    """Everything the user said, checked, with the defaults filled in.

    ``root`` is the folder that globs and ``src`` are relative to: the folder of the configuration
    file, else of the repository or ``pyproject.toml`` around the checked paths, else the working
    directory. ``source`` is that file, None without one; ``extended`` are those it begins with, and ``inherited`` the
    keys that come from them.

    Where it is ``nested``, configurations below its folder are in force for theirs, and it is in force for its own
    alone in the project of the configuration ``outermost``. ``overlay`` holds the options of the command line.
    """

    root: Path
    source: Path | None = None
    extended: tuple[Path, ...] = ()
    inherited: tuple[str, ...] = ()
    nested: bool = False
    outermost: Path | None = None
    overlay: Overlay = field(default_factory=Overlay)
    core: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    tests: tuple[str, ...] = DEFAULT_TESTS
    src: tuple[str, ...] = DEFAULT_SRC
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()
    strict: bool = False
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fixable: tuple[str, ...] = ("ALL",)
    unfixable: tuple[str, ...] = ()
    extend_safe_fixes: tuple[str, ...] = ()
    extend_unsafe_fixes: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    exhaustive: bool = False
    plugins: tuple[str, ...] = ()
    plugin_stamps: tuple[str, ...] = ()
    baseline: str = ""
    rule_url: str = ""
    required_version: str = ""
    options: Options = field(default_factory=Options)

    @property
    def excludes(self) -> tuple[str, ...]:
        """Every pattern of files not to check, in the grammar of ``.gitignore``."""
        return (*self.exclude, *self.extend_exclude)
