"""The changes of ``isolint check``: fixes applied, findings accepted by comments, or a diff that shows either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from isolint.cli.exits import CLEAN, COULD_NOT_CHECK, FINDINGS
from isolint.cli.messages import say, say_error, say_note
from isolint.cli.options import cache_folder
from isolint.cli.output import put_out
from isolint.report.diff import unified_diff
from isolint.report.fixed import fixed, ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from isolint.cli.request import Request
    from isolint.config import Config
    from isolint.project import Accepted, Baselines, Checker, Run
    from isolint.project.checking import Job
    from isolint.project.mending import Mended
    from isolint.report.view import View

F = TypeVar("F", bound="Callable[..., Any]")
_MOST_ROUNDS = 10
"""Fixes in one file may make others possible in another."""


def fixing_options(command: F) -> F:
    """Add the options that change files, or show how they would be changed."""
    for option in reversed(
        (
            click.option("--fix", is_flag=True, help="Apply the safe fixes, and report the rest."),
            click.option(
                "--unsafe-fixes", is_flag=True, help="With --fix or --diff: the unsafe fixes as well."
            ),
            click.option(
                "--fix-only", is_flag=True, help="Apply fixes, and report none of the findings left."
            ),
            click.option("--diff", is_flag=True, help="Show the changes as a diff, and change nothing."),
            click.option(
                "--add-ignore",
                is_flag=True,
                help="Accept each finding left, by a comment `# isolint: ignore[CODE]` on its line.",
            ),
            click.option(
                "--reason", default="", metavar="TEXT", help="With --add-ignore: why, in the comment."
            ),
        )
    ):
        command = option(command)
    return command


def mend_paths(
    request: Request, config: Config, check: Callable[[], Run], accepting: Callable[[Run], Baselines]
) -> tuple[Run, list[Mended]]:
    """Mend files and ``check`` again until nothing moves; return the last run, and the outcomes of the files.

    Findings that the baselines of a run, given by ``accepting``, accept are left alone.
    """
    from isolint.project.mending import mend_files

    run = check()
    every: list[Mended] = []
    for choice in request.choices:
        for _ in range(_MOST_ROUNDS):
            refused = {one.path for one in every if one.problem}
            mended = mend_files(
                [outcome for outcome in run.outcomes if outcome.path not in refused],
                config,
                choice,
                request.suppress,
                accepting=accepting(run),
                cache=cache_folder(config, request.cache_dir, no_cache=request.no_cache),
                write=not request.diff,
            )
            every += mended
            if request.diff or not any(one.is_changed for one in mended):
                break
            run = check()
        else:
            raise click.ClickException(
                f"fixes still change files after {_MOST_ROUNDS} rounds: this is a defect of isolint"
            )
    return run, every


def mend_input(
    request: Request, data: bytes, job: Job, checker: Checker, accepted: Accepted | None
) -> Mended:
    """Mend standard input, and put the text out unless a diff is asked for."""
    from isolint.project.mending import mend_text

    (choice,) = request.choices
    mended = mend_text(job, data, checker, choice, accepted)
    if not request.diff:
        put_out(mended.after)
    return mended


def change_exit_code(request: Request, code: int, mended: Iterable[Mended]) -> int:
    """Return the exit code of a run that changed files, where reporting alone would have exited with ``code``."""
    if code == COULD_NOT_CHECK or any(one.problem for one in mended):
        return COULD_NOT_CHECK
    if request.diff:
        return FINDINGS if any(one.is_changed for one in mended) and not request.exit_zero else CLEAN
    return CLEAN if request.fix_only else code


def show_diff(mended: Iterable[Mended], view: View, *, quiet: bool) -> None:
    """Print the changes as one unified diff, and on standard error the findings they would mend."""
    done = [one for one in mended if one.is_changed]
    for one in done:
        put_out(unified_diff(one.before, one.after, view.short(one.path)))
    if not quiet:
        say(account(done, view, done="Would fix"))


def account(mended: Sequence[Mended], view: View, *, done: str = "Fixed") -> str:
    """Return the report of the applied fixes and comments."""
    by_fix = fixed([found for one in mended for found in one.fixed], view, done=done)
    return by_fix + ignored([found for one in mended for found in one.ignored])


def say_callers(mended: Iterable[Mended]) -> None:
    """Name the calls that a person has to change, because a fix has changed the parameters of the function."""
    for caller in sorted({caller for one in mended for caller in one.callers}):
        say_note(f"{caller.path}:{caller.line}: this calls `{caller.function}`, whose parameters change")


def say_problems(mended: Iterable[Mended], view: View) -> None:
    """Name the files that could not be mended."""
    for one in mended:
        if one.problem:
            say_error(f"{view.short(one.path)}: not changed: {one.problem}")
