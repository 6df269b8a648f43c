"""Source in, diagnostics out: everything that happens to one file, whoever asks for it."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, final

from isolint import fixes, suppressions, whole_file
from isolint.model import Checked, Crashed, Diagnostic, Role, Span, Unparsable
from isolint.rule import Context, GateInput, Options
from isolint.semantics import catalogue as catalogues
from isolint.semantics.catalogue import Effect, Entry
from isolint.semantics.index import ModuleIndex
from isolint.semantics.plans import names
from isolint.semantics.reach import imports_first_party, reaches_known_names, reaches_plans
from isolint.suppressions import Suppress
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence
    from pathlib import PurePath

    from isolint.model import Fix, Outcome
    from isolint.rule import Finding, Rule, World
    from isolint.semantics.catalogue import Catalogue
    from isolint.syntax.nodes import CSTNode, Module
    from isolint.syntax.parsing import Text

UNPARSABLE = ("ISO900", "unparsable")


@final
@dataclass(frozen=True, slots=True)
class Source:
    """One file to check. ``path`` is how it is named in diagnostics, ``module`` its dotted name."""

    path: PurePath
    module: str
    role: Role
    data: bytes


def check(
    source: Source,
    rules: Sequence[Rule],
    options: Options,
    world: World,
    suppress: Suppress = Suppress.ALL,
    *,
    gate: bool = True,
    index: ModuleIndex | None = None,
) -> Outcome:
    """Check one file. Never raises for what stands in it; a defect of isolint comes back as ``Crashed``.

    ``gate=False`` parses every file with libcst, to prove that the gate loses nothing. A caller with many
    files makes the ``index`` once, by :func:`index_for`.
    """

    def run() -> Outcome:
        checking = _Check(source, rules, options, world, suppress, index or index_for(options, world))
        return checking.run(gate=gate)

    try:
        try:
            return run()
        except RecursionError:
            return with_deep_stack(run)
    except Exception as error:  # noqa: BLE001  # reported with its path, and a run with one is a failed run
        return Crashed(source.path, f"{type(error).__name__}: {error}", traceback.format_exc())


def index_for(options: Options, world: World) -> ModuleIndex:
    """Return an index of the first-party modules of ``world``, to be shared by the files of a run."""
    catalogue = _catalogue(options)
    return ModuleIndex(world, catalogue, names.words(catalogue, options.plan_modules))


@lru_cache(maxsize=8)
def _catalogue(options: Options) -> Catalogue:
    own = (
        (options.interpreters, Effect.INTERPRETS),
        (options.drivers, Effect.DRIVES),
        (options.spawners, Effect.SPAWNS),
        (options.clients, Effect.CLIENT),
    )
    entries = [
        Entry(name, effect, is_class=effect is Effect.CLIENT, own=True)
        for names, effect in own
        for name in names
    ]
    return catalogues.load().extended(entries, options.aliases)


@lru_cache(maxsize=8192)
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in sorted(words))})\b")


@lru_cache(maxsize=64)
def _member_pattern(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\.\s*(?:{'|'.join(map(re.escape, sorted(names)))})\b|\bgetattr\b")


@final
class _Check:
    def __init__(
        self,
        source: Source,
        rules: Sequence[Rule],
        options: Options,
        world: World,
        suppress: Suppress,
        index: ModuleIndex,
    ) -> None:
        self._index = index
        self._source = source
        self._enabled = rules
        self._rules = [rule for rule in rules if source.role in rule.roles]
        self._options = options
        self._world = world
        self._suppress = suppress
        self._catalogue = _catalogue(options)

    def run(self, *, gate: bool) -> Outcome:
        source = self._source
        text = parsing.decode(source.data)
        if isinstance(text, SyntaxProblem):
            return self._unparsable(text, "")
        if self._suppress is not Suppress.NONE and suppressions.skips_file(text.content):
            return Checked(source.path, source.role, parsed=False)
        quick = parsing.quick_tree(text)
        if gate and not isinstance(quick, SyntaxProblem) and not self._may_fire(text, quick):
            return self._accepted([], text, parsed=False)
        tree = parsing.parse(text, known_good=not isinstance(quick, SyntaxProblem))
        if isinstance(tree, SyntaxProblem):
            problem = quick if isinstance(quick, SyntaxProblem) else tree
            line = text.lines[problem.line - 1] if problem.line <= len(text.lines) else ""
            return self._unparsable(problem, line)
        findings = self._findings(tree)
        return self._accepted(self._placed(findings, tree, text) if findings else [], text, parsed=True)

    def _accepted(self, found: list[Diagnostic], text: Text, *, parsed: bool) -> Outcome:
        """Leave out what comments accept, and add what there is to say about the file as a whole."""
        source = self._source
        if source.role is Role.UNASSIGNED:
            found += whole_file.unassigned(source.path, source.module, self._rules, text.lines[0])
        judged = next((rule for rule in self._rules if rule.code == whole_file.UNUSED_SUPPRESSION), None)
        comments = suppressions.comments(text.content, self._suppress) if judged is not None else []
        if not found and not comments:
            return Checked(source.path, source.role, parsed=parsed)
        accepted = suppressions.read(text.content, text.lines, self._suppress)
        kept = [
            replace(diagnostic, noqa_line=accepted.line_for(diagnostic.span.line))
            for diagnostic in found
            if not accepted.cover(diagnostic.code, diagnostic.span.line)
        ]
        suppressed = len(found) - len(kept)
        if judged is not None:
            for comment, idle in whole_file.unused(comments, accepted, found, self._enabled):
                line = text.lines[comment.line - 1]
                kept.append(whole_file.about_comment(comment, idle, source.path, source.role, judged, line))
        ordered = dict.fromkeys(sorted(kept, key=lambda d: (d.span, d.code, d.message)))
        return Checked(source.path, source.role, tuple(ordered), suppressed, parsed)

    def _unparsable(self, problem: SyntaxProblem, line: str) -> Unparsable:
        code, name = UNPARSABLE
        column = min(problem.column, len(line) + 1)
        span = Span(problem.line, column, problem.line, column + 1)
        diagnostic = Diagnostic(
            self._source.path,
            code,
            name,
            f"cannot parse: {problem.message}",
            span,
            self._source.role,
            help="nothing in this file was checked; mend it, or leave it out with `exclude`",
            snippet=line,
            noqa_line=problem.line,
        )
        return Unparsable(self._source.path, self._source.role, diagnostic)

    def _may_fire(self, text: Text, quick: ast.Module) -> bool:
        """Whether any rule can find something: no is certain, yes is not."""
        source = self._source
        if self._catalogue.is_library(source.module):
            return True  # inside the package itself, relative imports lead to names that are not spelled out
        given = GateInput(self._catalogue, self._options, self._world)
        for rule in self._rules:
            words = frozenset(rule.words(given))
            if words and _pattern(words).search(text.content) and (rule.glance is None or rule.glance(quick)):
                return True
        package = source.module if source.path.stem == "__init__" else source.module.rpartition(".")[0]
        if reaches_known_names(quick, package, self._index):
            return True
        if any(rule.about_plans for rule in self._rules) and reaches_plans(quick, package, self._index):
            return True
        if not _member_pattern(frozenset(self._catalogue.members())).search(text.content):
            return False
        # Objects with such methods may come from elsewhere in the project, where it has any.
        possible = self._index.possible_members()
        found = bool(possible) and _member_pattern(possible).search(text.content) is not None
        return found and imports_first_party(quick, package, self._index)

    def _findings(self, tree: Module) -> list[tuple[Rule, Finding]]:
        # Binding needs libcst, which a run whose files all stay outside must not pay for.
        from isolint.semantics.module import analyse

        source = self._source
        is_package = source.path.stem == "__init__"
        module = analyse(
            tree,
            source.module,
            is_package=is_package,
            catalogue=self._catalogue,
            plan_modules=self._options.plan_modules,
            index=self._index,
        )
        context = Context(module, source.role, self._options, self._world)
        by_fact: dict[type, list[Rule]] = {}
        for rule in self._rules:
            for fact_class in rule.looks_at:
                by_fact.setdefault(fact_class, []).append(rule)
        return [
            (rule, finding)
            for fact in module.facts()
            if not (fact.guarded and self._options.allow_main_guard)
            for rule in by_fact.get(type(fact), ())
            for finding in rule.check(fact, context)
        ]

    def _placed(self, findings: list[tuple[Rule, Finding]], tree: Module, text: Text) -> list[Diagnostic]:
        from isolint.syntax.positions import positions

        wanted: set[CSTNode] = set()
        for _, finding in findings:
            wanted.add(finding.anchor)
            if finding.fix is not None:
                wanted.update(change.node for change in finding.fix.changes)
        spans = positions(tree, wanted)
        placed: list[Diagnostic] = []
        for rule, finding in findings:
            span = spans[finding.anchor]
            fix = fixes.placed(finding.fix, spans) if finding.fix is not None else None
            placed.append(self._diagnostic(rule, finding, span, text.lines[span.line - 1], fix))
        return placed

    def _diagnostic(
        self, rule: Rule, finding: Finding, span: Span, snippet: str, fix: Fix | None
    ) -> Diagnostic:
        return Diagnostic(
            self._source.path,
            rule.code,
            rule.name,
            finding.message,
            span,
            self._source.role,
            finding.resolved,
            finding.help,
            finding.note,
            snippet,
            fix=fix,
        )
