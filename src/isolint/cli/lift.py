"""``isolint lift``: make a plan of a coroutine function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from isolint.cli.exits import CLEAN, FINDINGS
from isolint.cli.messages import say_error, say_note
from isolint.cli.options import configuration, configuration_options
from isolint.cli.output import put_out
from isolint.report.diff import unified_diff
from isolint.report.view import View

if TYPE_CHECKING:
    from isolint.project.lifting import Conversion

_EPILOG = """\b
Exit codes: 0 lifted, 1 refused, 2 there is no such function, or a file cannot be written.
"""


@click.command(epilog=_EPILOG, short_help="Make a plan of a coroutine function.")
@click.argument("target", metavar="PATH::FUNCTION")
@click.option("--write", is_flag=True, help="Change the files instead of showing a diff.")
@click.option(
    "--style",
    type=click.Choice(["do", "bind"]),
    default="do",
    show_default=True,
    help="Steps one below the other in an async_do function, or nested binds.",
)
@click.option("--recursive", is_flag=True, help="Lift the coroutine functions of the core that call it, too.")
@configuration_options
def lift(
    target: str, *, write: bool, style: str, recursive: bool, config: Path | None, isolated: bool
) -> int:
    """Turn a coroutine function into one that returns a plan, and show the diff.

    FUNCTION is a name in the file PATH, or `Class.method`. Its awaits become steps; global objects that
    it uses become parameters, typed by a Protocol beside it. Calls in a shell perform the plan. Code that
    cannot be lifted is refused with the reason and the line, and then nothing is changed.
    """
    path, separator, function = target.rpartition("::")
    if not separator or not path or not function:
        raise click.UsageError(f"{target!r} has to be a file and a function: app/users.py::load")
    if not Path(path).is_file():
        raise click.UsageError(f"there is no file {path}")
    from isolint.lift import Style
    from isolint.project import lifting

    loaded = configuration([Path(path)], explicit=config, isolated=isolated)
    conversion = lifting.convert(Path(path).absolute(), function, loaded, Style(style), recursive=recursive)
    if conversion.refused:
        for shown, name, refusal in conversion.refused:
            say_error(f"{shown}:{refusal.line}: `{name}` cannot be lifted: {refusal.reason}")
        return FINDINGS
    if write:
        lifting.write(conversion.files, loaded.root)
    _show(conversion, write=write)
    return CLEAN


def _show(conversion: Conversion, *, write: bool) -> None:
    view = View(Path.cwd())
    for file in conversion.files:
        if write:
            click.echo(f"changed {view.short(file.path)}")
        else:
            put_out(unified_diff(file.before, file.after, view.short(file.path)))
    for path in sorted({*conversion.performed}):
        say_note(f"{path}: calls perform the plan now, and get Ok or Err: look at which")
    for left in sorted({*conversion.left}):
        inside = f" in `{left.call.around}`" if left.call.around else ""
        more = ": lift that too, or pass --recursive" if left.call.in_coroutine else ""
        used = f", perhaps used{inside} on {left.call.doubt}" if left.call.doubt else f", used{inside}"
        say_note(f"{left.path}:{left.call.line}: `{left.function}` gives a plan now{used}{more}")
