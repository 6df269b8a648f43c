"""Source in, diagnostics out: everything that happens to one file, for every front end."""

from __future__ import annotations

import gc
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, final

from msgspec.structs import replace

from isolint import fixes, suppressions, whole_file
from isolint.malformed import malformed
from isolint.model import Checked, Crashed, Diagnostic, Role, Span, Suppress, Unparsable
from isolint.program.view import ModuleView
from isolint.rule import Context
from isolint.semantic_index.index import build
from isolint.summary.reading import compiled_from, digest_of
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.enclosing import definitions, qualname_at
from isolint.syntax.older import Reading, readable
from isolint.syntax.parsing import SyntaxProblem
from isolint.syntax.spans import Spans

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
    from tokenize import TokenInfo

    from isolint.model import Outcome
    from isolint.rule import Finding, Rule
    from isolint.semantic_index.facts import Fact
    from isolint.session import Session, Source
    from isolint.syntax.parsing import Text

_MOST_FRAMES = 100
"""The innermost frames that a report of a crash shows; one of too deep a recursion has a hundred thousand."""
UNPARSABLE = ("ISO900", "unparsable")


def check(
    source: Source, rules: Sequence[Rule], session: Session, suppress: Suppress = Suppress.ALL
) -> Outcome:
    """Check one file. Never raises for its content; a defect of isolint comes back as ``Crashed``."""
    return _guarded(source, lambda: _Check(source, rules, session, suppress).run())


def _guarded(source: Source, work: Callable[[], Outcome]) -> Outcome:
    try:
        with _no_collection():
            try:
                return work()
            except RecursionError:
                return with_deep_stack(work)
    except Exception as error:  # noqa: BLE001  # reported with its path, and a run with one is a failed run
        return Crashed(source.path, f"{type(error).__name__}: {error}", traceback.format_exc(-_MOST_FRAMES))


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


@final
class _Check:
    def __init__(self, source: Source, rules: Sequence[Rule], session: Session, suppress: Suppress) -> None:
        self._source = source
        self._enabled = rules
        self._rules: Sequence[Rule] = [rule for rule in rules if source.role in rule.roles]
        self._are_own = all(rule.is_own for rule in self._rules)
        self._session = session
        self._suppress = suppress

    def run(self) -> Outcome:
        """Check the file."""
        source = self._source
        text = parsing.decode(source.data)
        if isinstance(text, SyntaxProblem):
            return self._unparsable(text, text.snippet)
        tokens = suppressions.speaking_tokens(text.content)
        if self._suppress is not Suppress.NONE and suppressions.skips_file(text.content, tokens):
            return Checked(source.path, source.role)
        with self._session.program.linker.checking(source.module):
            return self._checked(text, tokens)

    def _checked(self, text: Text, tokens: Sequence[TokenInfo] | None) -> Outcome:
        source, digest = self._source, digest_of(self._source.data)
        if self._session.has(source.module, digest) and not self._has_evidence(self._session):
            return self._accepted([], text, tokens, None)
        reading = Reading(source.tree, text) if source.tree is not None else readable(text)
        if isinstance(reading, SyntaxProblem):
            line = text.lines[reading.line - 1] if reading.line <= len(text.lines) else ""
            return self._unparsable(reading, line)
        found = self._findings(reading, text, digest) if self._rules else []
        return self._accepted(found, text, tokens, reading.tree)

    def _has_evidence(self, session: Session) -> bool:
        """Whether a rule may find anything in the module, which the session knows."""
        if not self._are_own:
            return True
        source, is_strict = self._source, any(rule.strict for rule in self._rules)
        return session.evidence.of_module(source.module, source.role, effects_anywhere=is_strict)

    def _accepted(
        self, found: list[Diagnostic], text: Text, tokens: Sequence[TokenInfo] | None, tree: ast.Module | None
    ) -> Checked:
        """Leave out the findings that comments accept, and add those about the file as a whole.

        ``tokens`` are the comments that speak to isolint. ``tree`` may be missing where there are no findings in the code.
        """
        source = self._source
        if source.role is Role.UNASSIGNED:
            found += whole_file.unassigned(source.path, source.module, self._rules, text.lines[0])
        judged = next((rule for rule in self._rules if rule.code == whole_file.UNUSED_SUPPRESSION), None)
        judging = judged is not None and self._suppress is not Suppress.NONE
        # Of a newer Python's syntax no comment is judged.
        comments = suppressions.comments(tokens or ()) if judging else []
        wrong = self._malformed(tokens or (), text) if self._suppress is not Suppress.NONE else []
        if not found and not comments and not wrong:
            return Checked(source.path, source.role)
        about = [diagnostic.span.line for diagnostic in found]
        accepted = suppressions.read(text, self._suppress, about, tokens)
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
        return Checked(source.path, source.role, tuple(self._named(ordered, text, tree)), suppressed)

    def _malformed(self, tokens: Iterable[TokenInfo], text: Text) -> list[Diagnostic]:
        """Return the findings about comments that say nothing to isolint."""
        source = self._source
        rule = next((rule for rule in self._rules if rule.code == whole_file.MALFORMED_SUPPRESSION), None)
        if rule is None:
            return []
        return [
            whole_file.about_malformed(one, source.path, source.role, rule, text.lines[one.line - 1])
            for one in malformed(tokens, source.known_rules)
        ]

    def _named(
        self, found: Collection[Diagnostic], text: Text, tree: ast.Module | None
    ) -> Iterator[Diagnostic]:
        """Yield the findings with their module and the definition around each, by which a baseline knows them."""
        if found and tree is None:
            reading = readable(text)
            tree = reading.tree if isinstance(reading, Reading) else None
        around = definitions(tree) if tree is not None else ()
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
            help="nothing in this file was checked; mend it, or leave it out with `extend-exclude`; "
            "if it is for a newer Python, run isolint with that",
            snippet=line,
            noqa_line=problem.line,
            module=self._source.module,
        )
        return Unparsable(self._source.path, self._source.role, diagnostic)

    def _findings(self, reading: Reading, text: Text, digest: str) -> list[Diagnostic]:
        """Ask the rules about the facts of the module."""
        source, session = self._source, self._session
        index = build(reading.tree, source.package)
        if not session.has(source.module, digest):
            compiled = compiled_from(index, reading.text.content, digest, bodies=True)
            session = session.with_module(source.module, compiled)
            if not self._has_evidence(session):
                index.release()
                return []
        module = ModuleView(
            source.module,
            index,
            session.program.linker,
            Spans(text, reading),
            is_package=source.is_package,
        )
        context = Context(
            module,
            source.role,
            session.options,
            session.world,
            session.program,
            session.chains,
            session.evidence,
        )
        evidence = session.evidence.of_facts(module)
        by_fact: dict[type[Fact], list[Rule]] = {}
        for rule in self._rules:
            for fact_class in rule.looks_at:
                by_fact.setdefault(fact_class, []).append(rule)
        found = [
            self._placed(rule, finding, module.spans, text)
            for fact in module.facts(by_fact)
            if not (fact.guarded and session.options.allow_main_guard)
            and (not self._are_own or evidence.of(fact))
            for rule in by_fact[type(fact)]
            for finding in rule.check(fact, context)
        ]
        index.release()
        return found

    def _placed(self, rule: Rule, finding: Finding, spans: Spans, text: Text) -> Diagnostic:
        span = spans.at(finding.anchor)
        fix = fixes.placed(finding.fix, spans, text) if finding.fix is not None else None
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
            text.lines[span.line - 1],
            fix=fix,
            chain=finding.chain,
        )
