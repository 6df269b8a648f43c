"""The configuration: TOML in, one frozen Config out, or every problem in it at once."""

from isolint.config.load import line_in, load
from isolint.config.model import Config
from isolint.config.problems import ConfigProblems, Problem
from isolint.config.selectors import enabled, ignored_for, only_warns, overridden, selector_error

__all__ = [
    "Config",
    "ConfigProblems",
    "Problem",
    "enabled",
    "ignored_for",
    "line_in",
    "load",
    "only_warns",
    "overridden",
    "selector_error",
]
