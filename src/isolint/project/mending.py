"""Files mended: fixes applied, turn by turn, until no finding has one that may be applied.

A file is checked again from the bytes that are mended, in each turn, so an answer of a run before is never
applied to a text that it is not about. Nothing is written until the last turn has been checked.
"""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct, structs

from isolint import baseline, fixes, suppressions
from isolint.model import Checked, Crashed, Safety
from isolint.project.checking import Job
from isolint.project.run import recalling_checker
from isolint.project.sources.notebooks import is_notebook
from isolint.project.sources.reading import content
from isolint.project.sources.replacing import Changed, replace
from isolint.project.workspace import Workspace
from isolint.syntax.imports import Home
from isolint.syntax.parsing import SyntaxProblem, Text, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import PurePath

    from isolint.config import Config
    from isolint.model import Diagnostic, Fix, Outcome, Suppress
    from isolint.project.checking import Checker
    from isolint.project.judging import Accepted, Baselines
    from isolint.project.names.naming import SourceFile

    Answered: TypeAlias = tuple[Diagnostic, Fix]
    """A finding and the fix that removes it."""

_MOST_TURNS = 10
_MOST_READINGS = 3
"""The number of attempts at a file that another program keeps writing."""


@final
class Applicable(Enum):
    """The fixes that may be applied."""

    NONE = "none"
    SAFE = "safe"
    ALL = "all"

    def allows(self, fix: Fix | None) -> bool:
        """Whether a fix may be applied."""
        if fix is None or self is Applicable.NONE:
            return False
        return self is Applicable.ALL or fix.safety is Safety.SAFE


@final
class Choice(Struct, frozen=True):
    """The treatment of findings: apply fixes, then accept the rest by comments that give a ``reason``."""

    fixes: Applicable
    add_ignore: bool = False
    reason: str = ""

    def concerns(self, outcome: Outcome) -> bool:
        """Whether anything is to be done about a file."""
        found = outcome.diagnostics if isinstance(outcome, Checked) else ()
        return any(self.fixes.allows(one.fix) or (self.add_ignore and _acceptable(one)) for one in found)


@final
class Caller(Struct, frozen=True, order=True):
    """A call, in another file, of a function whose parameters have changed."""

    path: str
    line: int
    function: str


@final
class Mended(Struct, frozen=True):
    """The outcome of one file: its content before and after, and the findings that went.

    ``callers`` are the calls in other files that do not fit any more. ``problem`` says why nothing was changed although something was to be done; ``after`` is ``before`` then.
    """

    path: PurePath
    before: bytes
    after: bytes
    fixed: tuple[Diagnostic, ...] = ()
    ignored: tuple[Diagnostic, ...] = ()
    problem: str = ""
    callers: tuple[Caller, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


class _NotMended(Exception):  # noqa: N818  # the reason becomes part of the answer
    pass


def mend_files(
    outcomes: Iterable[Outcome],
    config: Config,
    choice: Choice,
    suppress: Suppress,
    *,
    accepting: Baselines,
    cache: Path | None,
    write: bool,
) -> list[Mended]:
    """Mend the files whose ``outcomes`` call for it, in their order; without ``write`` only say how."""
    paths = [Path(Path.cwd(), outcome.path) for outcome in outcomes if choice.concerns(outcome)]
    if not paths:
        return []
    workspace = Workspace(config, paths)
    root = workspace.configs.top.root if write else None
    mended: dict[SourceFile, Mended] = {}
    for settings, files in workspace.by_settings(workspace.checked):
        checker = recalling_checker(workspace, suppress, cache=cache, config=settings)
        for file in files:
            job = Job(file, workspace.decisions[file].role)
            mended[file] = _mend_file(job, checker, choice, root, accepting.of(file.path))
    return [mended[file] for file in workspace.checked]


def mend_text(
    job: Job, data: bytes, checker: Checker, choice: Choice, accepted: Accepted | None = None
) -> Mended:
    """Mend one text, and write nothing. Findings that a baseline accepts are left alone."""

    def check(data: bytes) -> Outcome:
        outcome = checker.check_bytes(job, data)
        return baseline.compare([outcome], accepted.baseline).outcomes[0] if accepted is not None else outcome

    try:
        home = Home(job.file.module, job.file.path.stem == "__init__", checker.packages)
        after, fixed = _turns(home, data, check, lambda found, _: _offered(found, choice.fixes))
        ignored: list[Diagnostic] = []
        if choice.add_ignore:
            after, ignored = _turns(
                home, after, check, lambda found, text: _accepted(found, text, choice.reason)
            )
    except _NotMended as why:
        return Mended(job.file.shown, data, data, problem=str(why))
    callers = tuple(_callers(fixed, job, checker))
    return Mended(job.file.shown, data, after, tuple(fixed), tuple(ignored), callers=callers)


def _callers(fixed: Iterable[Diagnostic], job: Job, checker: Checker) -> Iterator[Caller]:
    """Yield the calls in other files of the functions whose parameters the fixes have changed."""
    changed = [one.fix.signature for one in fixed if one.fix is not None and one.fix.signature]
    for function, path, line in checker.calls(job.file.module, dict.fromkeys(changed)):
        yield Caller(path, line, function.removesuffix(".__init__"))


def _mend_file(
    job: Job, checker: Checker, choice: Choice, root: Path | None, accepted: Accepted | None
) -> Mended:
    """Mend a file below ``root``, or only say how where that is None."""
    nothing = Mended(job.file.shown, b"", b"")
    target = job.file.path.resolve()
    if is_notebook(target):
        return structs.replace(
            nothing, problem="comments are not added to notebooks: write them in the cells"
        )
    if root is not None and not target.is_relative_to(root.resolve()):
        return structs.replace(nothing, problem=f"it is {target}, outside the project {root}")
    for _ in range(_MOST_READINGS):
        try:
            mended = mend_text(job, content(target), checker, choice, accepted)
            if mended.is_changed and root is not None:
                replace(target, mended.after, expected=mended.before)
        except Changed:
            continue
        except OSError as error:
            return structs.replace(nothing, problem=error.strerror or str(error))
        return mended
    return structs.replace(nothing, problem="another program keeps writing it")


def _turns(
    home: Home,
    data: bytes,
    check: Callable[[bytes], Outcome],
    offer: Callable[[Sequence[Diagnostic], Text], list[Answered]],
) -> tuple[bytes, list[Diagnostic]]:
    """Apply the fixes of the findings until none is offered; return the text, and the findings with fixes.

    Of fixes that overlap, one is applied in each turn. :data:`_MOST_TURNS` in which the fixes offered do not become less
    are a circle.
    """
    answered: list[Diagnostic] = []
    fewest, idle = sys.maxsize, 0
    while offered := _offered_for(data, check, offer):
        idle = 0 if len(offered) < fewest else idle + 1
        fewest = min(fewest, len(offered))
        if idle == _MOST_TURNS:
            codes = ", ".join(sorted({found.code for found, _ in offered}))
            raise _NotMended(
                f"{codes} still has a fix after {_MOST_TURNS} turns: this is a defect of isolint"
            )
        chosen = fixes.compatible(fix for _, fix in offered)
        changed = fixes.apply(data, chosen, home)
        if isinstance(changed, SyntaxProblem):
            raise _NotMended(f"{changed.message} (line {changed.line})")
        answered += [found for found, fix in offered if fix in chosen]
        data = changed
    return data, answered


def _offered_for(
    data: bytes,
    check: Callable[[bytes], Outcome],
    offer: Callable[[Sequence[Diagnostic], Text], list[Answered]],
) -> list[Answered]:
    text, outcome = decode(data), check(data)
    if isinstance(outcome, Crashed):
        raise _NotMended(f"it could not be checked: {outcome.error}")
    if isinstance(text, SyntaxProblem) or not isinstance(outcome, Checked):
        raise _NotMended("it cannot be parsed")
    return offer(outcome.diagnostics, text)


def _offered(found: Iterable[Diagnostic], applicable: Applicable) -> list[Answered]:
    return [(one, one.fix) for one in found if one.fix is not None and applicable.allows(one.fix)]


def _acceptable(found: Diagnostic) -> bool:
    """Whether a comment can accept a finding: one about a comment is mended, not commented."""
    return found.code not in suppressions.ABOUT_COMMENTS


def _accepted(found: Iterable[Diagnostic], text: Text, reason: str) -> list[Answered]:
    """Return the comments that accept findings, one comment for all findings of a line."""
    by_line: dict[int, list[Diagnostic]] = {}
    for one in filter(_acceptable, found):
        by_line.setdefault(one.noqa_line, []).append(one)
    answered: list[Answered] = []
    for line, here in by_line.items():
        codes = sorted({one.code for one in here})
        fix = suppressions.accepting(codes, text.lines[line - 1], line, reason)
        answered += [(one, fix) for one in here]
    return answered
