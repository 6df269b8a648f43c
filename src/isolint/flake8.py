"""The flake8 plugin: the same engine, the same configuration and the same findings as the command line."""

from __future__ import annotations

import ast
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, final

from flake8.exceptions import ExecutionError

from isolint import __version__
from isolint.config import ConfigProblems, load
from isolint.model import Checked, Crashed, Suppress
from isolint.project import Baselines, ProjectError, Workspace, baseline_of, check_text, judged, text_checker
from isolint.report.chains import worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.config import Config
    from isolint.model import Diagnostic
    from isolint.project import Accepted, Checker


@final
class Plugin:
    """Checks one file, as flake8 calls it."""

    name: ClassVar[str] = "isolint"
    version: ClassVar[str] = __version__

    def __init__(self, tree: ast.AST, lines: Sequence[str], filename: str) -> None:
        # flake8 knows by a parameter called ``tree`` that one call checks a whole file.
        self._tree = tree if isinstance(tree, ast.Module) else None
        self._lines = lines
        self._path = Path(filename)

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Yield (line from 1, column from 0, message with its code, plugin).

        flake8 itself applies ``# noqa``; comments of isolint's own are obeyed here.

        Raises:
            ExecutionError: the configuration is wrong, or isolint failed. flake8 prints it and exits with 1.

        """
        for found in self._findings():
            yield found.span.line, found.span.column - 1, f"{found.code} {worded(found)}", Plugin

    def _findings(self) -> Iterator[Diagnostic]:
        try:
            workspace = _workspace(_configuration(self._path.absolute().parent))
            accepted = _baseline(workspace.config)
            data = _encoded(self._lines)
            run = check_text(
                data,
                self._path,
                workspace.config,
                workspace=workspace,
                checker=_checker(workspace, _suppressions(accepted)),
                tree=self._tree,
            )
            run = judged(run, Baselines(everywhere=accepted))
        except (ConfigProblems, ProjectError) as error:
            raise ExecutionError(f"isolint: {error}") from error
        for outcome in run.outcomes:
            if isinstance(outcome, Crashed):
                raise ExecutionError(f"isolint: {outcome.path} could not be checked: {outcome.error}")
            yield from outcome.diagnostics if isinstance(outcome, Checked) else (outcome.diagnostic,)


# The project around a file is read once in each process of flake8.
@cache
def _configuration(folder: Path) -> Config:
    return load(folder)


@cache
def _workspace(config: Config) -> Workspace:
    return Workspace(config)


@cache
def _baseline(config: Config) -> Accepted | None:
    return baseline_of(config)


def _suppressions(accepted: Accepted | None) -> Suppress:
    """Return which comments count: a finding with ``# noqa`` must not use up the place of one that is accepted."""
    return Suppress.OWN if accepted is None else Suppress.ALL


@cache
def _checker(workspace: Workspace, suppress: Suppress) -> Checker:
    return text_checker(workspace, suppress)


def _encoded(lines: Sequence[str]) -> bytes:
    """Return the bytes flake8 read the lines from, so that an encoding declaration in them stays true."""
    utf8 = (line.encode("utf-8", "surrogatepass") for line in lines)
    encoding, _ = tokenize.detect_encoding(lambda: next(utf8, b""))
    return "".join(lines).encode(encoding)
