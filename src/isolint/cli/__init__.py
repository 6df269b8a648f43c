"""The command line: arguments in, text and an exit code out."""

from isolint.cli.app import main

__all__ = ["main"]
