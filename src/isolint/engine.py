"""Source in, diagnostics out: everything that happens to one file, whoever asks for it."""

from __future__ import annotations

import ast
import dataclasses
import gc
import traceback
from contextlib import contextmanager
from contextlib import suppress as suppress_error
from typing import TYPE_CHECKING, TypeVar, final

from msgspec import Struct
from msgspec.structs import replace

from isolint import fixes, suppressions, whole_file
from isolint.malformed import malformed
from isolint.model import Checked, Crashed, Diagnostic, Rejection, Role, Span, Suppress, Unparsable
from isolint.rule import Context
from isolint.semantics.drives.model import Looked
from isolint.session import is_file_of
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.enclosing import definitions, qualname_at
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem
from isolint.syntax.trees import Defer, LeanTree, NotPlaced, full_tree, lean_tree

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Container,
        Generator,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from isolint.model import Fix, Outcome
    from isolint.rule import Finding, Rule
    from isolint.semantics.facts import Fact
    from isolint.semantics.glimpse import Glimpse
    from isolint.semantics.sifting import Sought
    from isolint.session import Session, Source
    from isolint.syntax.nodes import Node
    from isolint.syntax.parsing import Text
    from isolint.syntax.trees import Tree

T = TypeVar("T")

UNPARSABLE = ("ISO900", "unparsable")


@final
class Surveyed(Struct, frozen=True):
    """What a first look at a file gives. Plain data, to be sent between processes.

    Without a ``glimpse``, ``outcome`` is final, or has to be found by :func:`check`. With one, it is what
    becomes of the file if the gate admits no rule.
    """

    glimpse: Glimpse | None
    outcome: Outcome | None


def check(
    source: Source,
    rules: Sequence[Rule],
    session: Session,
    suppress: Suppress = Suppress.ALL,
    *,
    admitted: Container[str] | None = None,
    gate: bool = True,
) -> Outcome:
    """Check one file. Never raises for what stands in it; a defect of isolint comes back as ``Crashed``.

    ``admitted`` are the codes of the rules that the gate has let pass before, if somebody asked it.
    ``gate=False`` asks all rules about libcst's own tree, to prove that the quick ways lose nothing.
    """

    def work() -> Outcome:
        if admitted is not None:
            return _Check(source, rules, session, suppress).run(admitted, gate=gate)
        with session.seeing(source) as seeing:
            return _Check(source, rules, seeing, suppress).run(None, gate=gate)

    return _guarded(source, work)


def survey(
    source: Source, rules: Sequence[Rule], session: Session, suppress: Suppress = Suppress.ALL
) -> Surveyed:
    """Take a first look at one file. Never raises for what stands in it."""
    surveyed = _guarded(source, lambda: _Check(source, rules, session, suppress).survey())
    return surveyed if isinstance(surveyed, Surveyed) else Surveyed(None, surveyed)


def _guarded(source: Source, work: Callable[[], T]) -> T | Crashed:
    try:
        with _no_collection():
            try:
                return work()
            except RecursionError:
                return with_deep_stack(work)
    except Exception as error:  # noqa: BLE001  # reported with its path, and a run with one is a failed run
        return Crashed(source.path, f"{type(error).__name__}: {error}", traceback.format_exc())


@contextmanager
def _no_collection() -> Generator[None, None, None]:
    """Let the garbage collector wait: a tree is all new objects, and it would go through them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _speak_of_plans(rules: Iterable[Rule]) -> bool:
    """Whether rules look at all there is: any call may give a plan."""
    return any(rule.about_plans for rule in rules)


def _nowhere(_name: str) -> bool:
    return False


@final
class _Check:
    def __init__(self, source: Source, rules: Sequence[Rule], session: Session, suppress: Suppress) -> None:
        self._source = source
        self._enabled = rules
        self._rules: Sequence[Rule] = [rule for rule in rules if source.role in rule.roles]
        self._session = session
        self._suppress = suppress
        self._parsed: tuple[Text, ast.Module | SyntaxProblem]

    def survey(self) -> Surveyed:
        """Look at the file as far as the interpreter's own parser goes."""
        return self._survey(glimpse=True)

    def _survey(self, *, glimpse: bool) -> Surveyed:
        source = self._source
        text = parsing.decode(source.data)
        if isinstance(text, SyntaxProblem):
            return Surveyed(None, self._unparsable(text, text.snippet))
        if self._suppress is not Suppress.NONE and suppressions.skips_file(text.content):
            return Surveyed(None, Checked(source.path, source.role, parsed=False))
        quick = source.tree or parsing.quick_tree(text)
        self._parsed = text, quick
        if isinstance(quick, SyntaxProblem) or not glimpse:
            return Surveyed(None, None)
        package = source.module if source.is_package else source.module.rpartition(".")[0]
        self._session.drives.looked_at = Looked(source.module, package, text.content)
        seen = self._session.gate.glimpse(text, quick, package, self._session.index.seen_from(source.module))
        return Surveyed(seen, self._accepted([], text, parsed=False))

    def run(self, admitted: Container[str] | None, *, gate: bool) -> Outcome:
        """Check the file, as far as it may have findings."""
        if admitted is not None:
            final = self._survey(glimpse=False).outcome
            named = [rule for rule in self._rules if rule.code in admitted]
            return final if final is not None else self._examined(named, gate=True)
        surveyed = self.survey()
        found = self._session.world.find_unwatched(self._source.module)
        if surveyed.glimpse is not None and found is not None and is_file_of(self._source, found):
            self._session.index.learn(self._source.module, surveyed.glimpse)
        rules: Sequence[Rule] = self._rules
        if gate and surveyed.glimpse is not None:
            rules = self._session.gate.admitted(
                rules, self._source.module, surveyed.glimpse, lambda: self._parsed[0].content
            )
        may_find = bool(rules) and surveyed.glimpse is not None
        return self._examined(rules, gate=gate) if surveyed.outcome is None or may_find else surveyed.outcome

    def _examined(self, rules: Sequence[Rule], *, gate: bool) -> Outcome:
        text, quick = self._parsed
        if any(rule.about_project for rule in rules):
            self._session.drives.prepare()
        if gate and not isinstance(quick, SyntaxProblem):
            with suppress_error(NotPlaced):
                tree = lean_tree(quick, text, Defer.NOTHING if _speak_of_plans(rules) else Defer.TRANSLATING)
                return self._accepted(self._found(tree, rules, text), text, parsed=True)
        full = full_tree(text, known_good=not isinstance(quick, SyntaxProblem))
        if isinstance(full, SyntaxProblem):
            problem = quick if isinstance(quick, SyntaxProblem) else full
            line = text.lines[problem.line - 1] if problem.line <= len(text.lines) else ""
            return self._unparsable(problem, line)
        checked = self._accepted(self._found(full, rules, text), text, parsed=True)
        if isinstance(quick, SyntaxProblem) and isinstance(readable(text)[0], SyntaxProblem):
            checked = dataclasses.replace(checked, rejected=Rejection(quick.line, quick.message))
        return checked

    def _accepted(self, found: list[Diagnostic], text: Text, *, parsed: bool) -> Checked:
        """Leave out what comments accept, and add what there is to say about the file as a whole."""
        source = self._source
        if source.role is Role.UNASSIGNED:
            found += whole_file.unassigned(source.path, source.module, self._rules, text.lines[0])
        judged = next((rule for rule in self._rules if rule.code == whole_file.UNUSED_SUPPRESSION), None)
        judging = judged is not None and self._suppress is not Suppress.NONE
        comments = suppressions.comments(text.content) if judging else []
        wrong = self._malformed(text) if self._suppress is not Suppress.NONE else []
        if not found and not comments and not wrong:
            return Checked(source.path, source.role, parsed=parsed)
        about = [diagnostic.span.line for diagnostic in found]
        accepted = suppressions.read(text.content, text.lines, self._suppress, about)
        kept = [
            replace(diagnostic, noqa_line=accepted.line_for(diagnostic.span.line))
            for diagnostic in found
            if not accepted.cover(diagnostic.code, diagnostic.name, diagnostic.span.line)
        ]
        suppressed = len(found) - len(kept)
        if judged is not None:
            for comment, idle in whole_file.unused(comments, accepted, found, self._enabled, source.unasked):
                line = text.lines[comment.line - 1]
                kept.append(whole_file.about_comment(comment, idle, source.path, source.role, judged, line))
        kept += wrong
        ordered = dict.fromkeys(sorted(kept, key=lambda d: (d.span, d.code, d.message)))
        return Checked(source.path, source.role, tuple(self._named(ordered, text)), suppressed, parsed)

    def _malformed(self, text: Text) -> list[Diagnostic]:
        """Return the findings about comments that say nothing to isolint."""
        source = self._source
        rule = next((rule for rule in self._rules if rule.code == whole_file.MALFORMED_SUPPRESSION), None)
        if rule is None:
            return []
        return [
            whole_file.about_malformed(one, source.path, source.role, rule, text.lines[one.line - 1])
            for one in malformed(text.content, source.known_rules)
        ]

    def _named(self, found: Collection[Diagnostic], text: Text) -> Iterator[Diagnostic]:
        """Yield the findings with their module and the definition around each: what a baseline knows them by."""
        quick = self._parsed[1]
        tree = quick if isinstance(quick, ast.Module) or not found else readable(text)[0]
        around = definitions(tree) if found and isinstance(tree, ast.Module) else ()
        for each in found:
            yield replace(each, module=self._source.module, scope=qualname_at(around, each.span.line))

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
            help="nothing in this file was checked; mend it, or leave it out with `extend-exclude`",
            snippet=line,
            noqa_line=problem.line,
            module=self._source.module,
        )
        return Unparsable(self._source.path, self._source.role, diagnostic)

    def _findings(self, tree: Tree, rules: Sequence[Rule]) -> list[tuple[Rule, Finding]]:
        # Binding needs libcst, which a run whose files all stay outside must not pay for.
        from isolint.semantics.module import analyse

        source = self._source
        session = self._session
        module = analyse(
            tree,
            source.module,
            is_package=self._source.is_package,
            catalogue=session.catalogue,
            plan_modules=session.options.plan_modules,
            index=session.index,
            sought=self._sought(tree, rules),
        )
        context = Context(module, source.role, session.options, session.world, session.chains, session.drives)
        by_fact: dict[type[Fact], list[Rule]] = {}
        for rule in rules:
            for fact_class in rule.looks_at:
                by_fact.setdefault(fact_class, []).append(rule)
        try:
            return [
                (rule, finding)
                for fact in module.facts(by_fact)
                if not (fact.guarded and session.options.allow_main_guard)
                for rule in by_fact[type(fact)]
                for finding in rule.check(fact, context)
            ]
        finally:
            module.dissolve()

    def _sought(self, tree: Tree, rules: Sequence[Rule]) -> Sought | None:
        """Return what ``rules`` look for in a tree that puts bodies off."""
        from isolint.semantics.sifting import Sought

        if not isinstance(tree, LeanTree) or _speak_of_plans(rules):
            return None
        words, drives = self._session.gate.telling_words(rules), self._session.drives
        if any(rule.about_project for rule in rules):
            return Sought(words | drives.table.words.all, drives.leads_to)
        return Sought(words, _nowhere)

    def _found(self, tree: Tree, rules: Sequence[Rule], text: Text) -> list[Diagnostic]:
        """Ask ``rules`` about ``tree``; raises NotPlaced where a lean tree cannot tell all that is needed."""
        self._session.index.bound.make_room()
        findings = self._findings(tree, rules)
        if isinstance(tree, LeanTree) and any(finding.fix is not None for _, finding in findings):
            raise NotPlaced  # there is nothing in a lean tree to rewrite code with
        wanted: set[Node] = set()
        for _, finding in findings:
            wanted.add(finding.anchor)
            if finding.fix is not None:
                wanted.update(change.node for change in finding.fix.changes)
        spans: Mapping[Node, Span] = tree.spans(wanted) if wanted else {}
        placed: list[Diagnostic] = []
        for rule, finding in findings:
            span = spans[finding.anchor]
            fix = fixes.placed(finding.fix, spans, text) if finding.fix is not None else None
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
            chain=finding.chain,
        )
