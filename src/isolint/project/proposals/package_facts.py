"""Facts about the packages of a tree: size, importers, imports, and drives."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, final

from msgspec import Struct, field
from msgspec.structs import replace

from isolint.config.patterns import dotted_name_error, parse
from isolint.config.roles import GUESSED_CORE
from isolint.model import Checked, Role, Suppress
from isolint.project.import_graph import import_graph
from isolint.project.names.conventions import ASIDE, COMBINATORS, frameworks
from isolint.project.names.naming import MARK
from isolint.project.run import check_paths
from isolint.project.sources.reading import content
from isolint.project.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from isolint.config import Config
    from isolint.project.import_graph import ImportGraph
    from isolint.project.names.naming import SourceFile

DRIVES = ("ISO101", "ISO102", "ISO103", "ISO104", "ISO105", "ISO106")
"""The rules that find drivers."""
NESTED_TESTS = "**/tests/**"
_DEFINES = re.compile(rf"^(?:async )?def ({'|'.join(COMBINATORS)})\b".encode(), re.MULTILINE)


@final
class Facts(Struct, frozen=True):
    """The facts of one package with all that is in it, or of one module.

    ``importers`` are the modules outside that import it, ``frameworks`` counts its modules by framework,
    ``drives`` its drives by rule; ``attached`` and ``driving`` are its modules with either. ``path`` is the glob
    that means it in a configuration where its name alone does not: several import roots have one of it.
    """

    name: str
    modules: frozenset[str] = frozenset()
    importers: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    frameworks: Mapping[str, int] = field(default_factory=dict[str, int])
    drives: Mapping[str, int] = field(default_factory=dict[str, int])
    attached: frozenset[str] = frozenset()
    driving: frozenset[str] = frozenset()
    combinators: frozenset[str] = frozenset()
    path: str = ""

    @property
    def pattern(self) -> str:
        """Its name in a configuration."""
        return self.path or self.name

    @property
    def word(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2].rpartition(MARK)[2]

    @property
    def is_package(self) -> bool:
        """Whether it holds more than one module."""
        return len(self.modules) > 1


@final
class Evidence(Struct, frozen=True):
    """The facts of every package and module by name; tests, documentation and the like are left out.

    ``drives`` counts them by module; ``frameworks`` are those that each module imports; ``tests`` are patterns for
    tests inside packages, empty where the built-in ones do; ``unread`` are the modules that cannot be parsed.
    """

    facts: Mapping[str, Facts]
    drives: Mapping[str, int]
    tests: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    frameworks: Mapping[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])


def gather(
    root: Path, config: Config, jobs: int = 1, on_progress: Callable[[int, int], None] | None = None
) -> Evidence:
    """Look at every Python file below ``root``. Nothing is imported or run."""
    workspace = Workspace(config)
    undecided = [
        file
        for file, found in workspace.decisions.items()
        if found.role is Role.UNASSIGNED or found.pattern == GUESSED_CORE
    ]
    files = {file.module: file for file in undecided if _is_of_the_program(file)}
    program = sorted(files)
    graph = import_graph(workspace.modules, program)
    drives = _drives(root, _all_core(config, files.values()), workspace, jobs, on_progress) if program else {}
    combinators = {module: _combinators(workspace.modules.files[module]) for module in program}
    attached = {module: graph.foreign.get(module, frozenset()) & frameworks() for module in program}
    facts = _facts(program, graph, drives, combinators, attached)
    for module, file in files.items():
        for name, path in zip(reversed(list(prefixes(module))), _globs(file), strict=False):
            if MARK in name:
                facts[name] = replace(facts[name], path=path)
    numbers = {module: sum(drives[module].values()) for module in program if module in drives}
    return Evidence(facts, numbers, _own_tests(config, workspace, undecided), graph.unread, attached)


def _globs(file: SourceFile) -> Iterator[str]:
    """Yield the path globs for a module and for the packages around it, the nearest first."""
    path = file.relative
    if path.stem == "__init__":
        path = path.parent
        yield f"{path}/**"
    else:
        yield str(path)
    yield from (f"{folder}/**" for folder in path.parents)


def _own_tests(config: Config, workspace: Workspace, undecided: Iterable[SourceFile]) -> tuple[str, ...]:
    if not any(map(_in_tests, undecided)):
        return ()
    # A configured root must exist, also one that would be found without it.
    files = list(workspace.decisions)
    used = (
        text
        for text in config.tests
        if any(parse(text).reach(file.spellings, file.relative) for file in files)
    )
    return (*used, NESTED_TESTS)


def _is_of_the_program(file: SourceFile) -> bool:
    beside = file.relative.parts[0].partition(".")[0] in ASIDE
    return not (beside or _in_tests(file) or dotted_name_error(file.names[0]))


def _in_tests(file: SourceFile) -> bool:
    return "tests" in file.relative.parts[:-1]


def _combinators(path: Path) -> frozenset[str]:
    try:
        return frozenset(name.decode() for name in _DEFINES.findall(content(path)))
    except OSError:
        return frozenset()


def _all_core(config: Config, program: Iterable[SourceFile]) -> Config:
    tops = tuple(sorted({file.names[0].partition(".")[0] for file in program}))
    return replace(config, core=tops, runtime=(), shell=(), select=DRIVES, extend_select=(), ignore=())


def _drives(
    root: Path,
    everything: Config,
    workspace: Workspace,
    jobs: int,
    on_progress: Callable[[int, int], None] | None,
) -> dict[str, Counter[str]]:
    """Return how often each module drives, by rule: the findings with everything core."""
    run = check_paths([root], everything, jobs=jobs, suppress=Suppress.NONE, on_progress=on_progress)
    modules = {file.shown: file.module for file in workspace.decisions}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in run.outcomes:
        if isinstance(outcome, Checked):
            codes = (one.code for one in outcome.diagnostics if one.code in DRIVES)
            found[modules.get(outcome.path, "")].update(codes)
    return found


def _facts(
    program: Iterable[str],
    graph: ImportGraph,
    drives: Mapping[str, Counter[str]],
    combinators: Mapping[str, frozenset[str]],
    attached: Mapping[str, frozenset[str]],
) -> dict[str, Facts]:
    members: dict[str, set[str]] = defaultdict(set)
    importers: dict[str, set[str]] = defaultdict(set)
    imported: dict[str, set[str]] = defaultdict(set)
    for module in program:
        for around in prefixes(module):
            members[around].add(module)
    for edge in graph.edges:
        if not edge.type_checking:
            for around in prefixes(edge.imported):
                if edge.importer not in members[around]:
                    importers[around].add(edge.importer)
            for around in prefixes(edge.importer):
                if edge.imported not in members[around]:
                    imported[around].add(edge.imported)
    return {
        name: Facts(
            name,
            frozenset(inside),
            frozenset(importers[name]),
            frozenset(imported[name]),
            Counter(framework for module in inside for framework in attached[module]),
            sum((drives[module] for module in inside if module in drives), Counter[str]()),
            frozenset(module for module in inside if attached[module]),
            frozenset(module for module in inside if drives.get(module)),
            frozenset(name for module in inside for name in combinators[module]),
        )
        for name, inside in members.items()
        if inside
    }


def prefixes(module: str) -> Iterator[str]:
    """Yield the names of the packages around a module from the outermost, then its own."""
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))
