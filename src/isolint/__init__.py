"""isolint: a linter that keeps async work described in the core and driven only in the shell."""

__version__ = "0.1.0"
