"""The command ``isolint`` and the handling of its errors."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, cast

import click

from isolint import __version__
from isolint.cli.endings import end_at_once_on_signals, end_of_reader, end_on_signals
from isolint.cli.exits import COULD_NOT_CHECK
from isolint.cli.messages import say_error
from isolint.config import ConfigProblems
from isolint.config.problems import nearest
from isolint.project import ProjectError, collect_rarely

if TYPE_CHECKING:
    from collections.abc import Sequence


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


_COMMANDS = {
    "baseline": "baseline",
    "check": "check",
    "clean": "clean",
    "config": "config",
    "init": "init",
    "lift": "lift",
    "map": "map_command",
    "roles": "roles",
    "rule": "rule",
}
"""The subcommands, each in a module of its name, and their names there."""


class _Commands(click.Group):
    """Imports no more than the subcommand that is run: an editor waits for each of its starts."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"isolint.cli.{cmd_name}"), _COMMANDS[cmd_name])
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the subcommand that a misspelt one is most like, as click itself does for options only."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}.{nearest(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand; click itself would exit with 1, which says "findings", where the reader has gone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            end_of_reader()


@click.group(cls=_Commands, context_settings=_SETTINGS, invoke_without_command=True)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
@click.pass_context
def isolint(context: click.Context) -> None:
    """Keep async work described in the core and driven only in the shell.

    `isolint init` proposes which modules are core and which are shell, `isolint check` reports breaches
    of the isolation, `isolint rule ISO101` explains a rule, `isolint roles` shows which module
    counts as core and why, `isolint map` draws all of it, and `isolint lift` makes plans of coroutine
    functions.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(COULD_NOT_CHECK)


def main() -> int:
    """Run the process's arguments and return the exit code, with the process made ready to end."""
    end_on_signals()
    collect_rarely()
    code = run(sys.argv[1:])
    end_at_once_on_signals()
    gc.freeze()  # the objects go with the process, and need not be collected first
    return code


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Every error has become a message by then."""
    try:
        return (
            cast(
                "int | None",
                isolint.main([*arguments], "isolint", standalone_mode=False, obj=tuple(arguments)),
            )
            or 0
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ConfigProblems as error:
        for problem in error.problems:
            say_error(str(problem))
    except ProjectError as error:
        say_error(str(error))
    except OSError as error:  # a full disk, a working directory that is gone
        place = "" if error.filename is None else f"{error.filename}: "
        say_error(f"{place}{error.strerror or error}")
    except Exception:  # noqa: BLE001 - else Python would exit with 1, which says "checked, with findings"
        import traceback

        traceback.print_exc()
        say_error("isolint itself failed: this is a defect of isolint, not of the code it checked")
    return COULD_NOT_CHECK
