"""``isolint init``: look at the tree, propose roles, and write them down."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec.structs import replace

from isolint.cli.exits import CLEAN
from isolint.cli.messages import say_note
from isolint.cli.options import jobs_option
from isolint.cli.output import write
from isolint.cli.progress import Progress
from isolint.cli.proposing import described, kept_out
from isolint.config import Config, ConfigProblems, load
from isolint.config.document import SHARED_NAME
from isolint.config.model import DEFAULT_SRC
from isolint.config.problems import absolute, displayed
from isolint.config.schema import pattern_error
from isolint.config.target import target_in, writing_error
from isolint.config.writing import section
from isolint.model import Role
from isolint.project import ProjectError, Workspace
from isolint.project.names.root_lines import relative, root_names
from isolint.project.proposals.declared_layers import hints
from isolint.project.proposals.entry_points import entry_points
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from isolint.config.target import Target
    from isolint.project.proposals.proposal import Proposal

F = TypeVar("F", bound="Callable[..., Any]")
_ROLES = (Role.CORE, Role.RUNTIME, Role.SHELL, Role.TESTS)


def _patterns(_: click.Context, __: click.Parameter, given: Sequence[str]) -> tuple[str, ...]:
    for text in given:
        if error := pattern_error(text):
            raise click.BadParameter(error)
    return tuple(given)


def _role_option(role: Role) -> Callable[[F], F]:
    text = f"Take this for {role.value}, against all evidence."
    return click.option(f"--{role.value}", multiple=True, metavar="PATTERN", callback=_patterns, help=text)


@click.command(short_help="Propose roles for a project and write them down.")
@click.argument("folder", default=Path(), type=click.Path(path_type=Path, exists=True, file_okay=False))
@_role_option(Role.CORE)
@_role_option(Role.SHELL)
@click.option("--dry-run", is_flag=True, help="Show the lines to write, and stop.")
@click.option("-y", "--yes", is_flag=True, help="Write without asking. Roles that are there already stay.")
@jobs_option
def init(
    folder: Path, core: tuple[str, ...], shell: tuple[str, ...], jobs: int, *, dry_run: bool, yes: bool
) -> int:
    """Propose roles for the packages of the project in FOLDER, by default the working directory.

    Shows the evidence for each proposal and the lines for the configuration, and asks before it writes them:
    into isolint.toml or pyproject.toml if there is one, else into a new isolint.toml.
    """
    target = target_in(absolute(folder))
    if not dry_run:
        _must_be_writable(target, yes=yes)
    config = _configuration(target)
    proposal = _proposal(target, config, jobs).with_given({Role.CORE: core, Role.SHELL: shell})
    click.echo(described(proposal), nl=False)
    keys = {role.value: patterns for role in _ROLES if (patterns := proposal.patterns(role))}
    if Role.CORE.value not in keys:
        raise ProjectError(_NO_CORE)
    if not config.options.forbidden and (forbidden := proposal.forbidden()):
        click.echo(f"\n{kept_out(forbidden)}", nl=False)
        keys["forbidden"] = list(forbidden)
    if roots := _import_roots(config):
        say_note("imports fit folders that may be import roots, and cannot be told apart: see `src`")
        keys["src"] = list(roots)
    text = target.with_roles(keys)
    if core or shell:
        _must_fit(replace(config, core=core, shell=shell))
    click.echo(f"\n{displayed(target.path)}:\n\n{visible_lines(section(target.prefix, keys))}", nl=False)
    if dry_run:
        return CLEAN
    if not yes and not _agreed(target):
        say_note("nothing was written")
        return CLEAN
    if target_in(absolute(folder)).text != target.text:
        raise ProjectError(f"{displayed(target.path)}: the file has changed meanwhile: run it again")
    write(target.path, text)
    say_note(
        f"wrote {displayed(target.path)}; `isolint check` comes next, `isolint roles` shows every module"
    )
    return CLEAN


def _must_fit(config: Config) -> None:
    """Refuse names of the command line that the tree lacks: no file is to blame for them."""
    try:
        Workspace(config)
    except ConfigProblems as error:
        options = [re.sub(r"^`(\w+)`", r"--\1", problem.message) for problem in error.problems]
        raise ProjectError("\n".join(options)) from error


def visible_lines(text: str) -> str:
    """Return a text of several lines that is safe to print."""
    return "".join(visible(line) + "\n" for line in text.splitlines())


def _must_be_writable(target: Target, *, yes: bool) -> None:
    if error := writing_error(target.path):
        raise ProjectError(f"{displayed(target.path)}: {error}")
    if yes and target.taken:
        named = "`, `".join(target.taken)
        are, them = ("is", "it") if len(target.taken) == 1 else ("are", "them")
        raise ProjectError(
            f"{target.place}: `{named}` {are} there already, and --yes does not overwrite {them}: "
            "run without --yes to be asked, or with --dry-run to compare"
        )
    if not (yes or sys.stdin.isatty()):
        raise ProjectError(
            "standard input is no terminal, so no question can be asked: give --yes or --dry-run"
        )


def _configuration(target: Target) -> Config:
    """Return the configuration of the project, roles apart."""
    root = target.path.parent
    config = load(root, explicit=target.path) if target.document is not None else Config(root=root)
    return replace(config, core=(), runtime=(), shell=())


def _proposal(target: Target, config: Config, jobs: int) -> Proposal:
    from isolint.project.proposals.package_facts import gather
    from isolint.project.proposals.proposal import propose

    progress = Progress(sys.stderr)
    try:
        evidence = gather(target.path.parent, config, jobs, progress)
    finally:
        progress.close()
    if not evidence.facts:
        raise ProjectError(
            f"no Python files of a program below {displayed(target.path.parent)}, so there is nothing to propose"
        )
    if evidence.unread:
        say_note(f"{len(evidence.unread)} of the modules cannot be parsed: their imports do not count here")
    folder = target.path.parent
    pyproject = target.text if target.path.name == SHARED_NAME else _text(folder / SHARED_NAME)
    starts = entry_points(target.text) if target.path.name == SHARED_NAME else frozenset[str]()
    return propose(evidence, starts, hints(pyproject, _text(folder / "tach.toml")))


def _text(path: Path) -> str:
    """Return the text of a file, empty where it cannot be read: it is evidence, and no more."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _import_roots(config: Config) -> tuple[str, ...]:
    """Return the import roots to write down: where those that are found may not be all, and none are given."""
    if config.src != DEFAULT_SRC:
        return ()
    layout = Workspace(config).layout
    folders = {relative(Path(one.folder), layout.root) for one in layout.unrooted}
    return tuple(sorted({*root_names(layout), *folders})) if folders else ()


def _agreed(target: Target) -> bool:
    if target.taken:
        named = "`, `".join(target.taken)
        return click.confirm(f"\n{target.place} has `{named}` already. Overwrite?", default=False)
    return click.confirm(f"\nWrite this to {displayed(target.path)}?", default=True)


_NO_CORE = (
    "no package is a core beyond doubt, so nothing was written: choose one and name it, as in "
    "`isolint init --core app.orders`"
)
