"""The request of a command line of ``isolint check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, final

import click
from msgspec import Struct
from msgspec.structs import replace

from isolint.config.model import Overlay
from isolint.config.problems import absolute
from isolint.config.selectors import ignore_error, overridden, selector_error
from isolint.model import Suppress
from isolint.project import Baselines, baselines_of, read_baseline
from isolint.rules import known_rules, known_titles

if TYPE_CHECKING:
    from isolint.cli.outputs import Output
    from isolint.config import Config
    from isolint.project import Run
    from isolint.project.mending import Choice

STANDARD_INPUT = Path("-")


@final
class Request(Struct, frozen=True, kw_only=True):
    """The arguments as given; the names are those of the options. ``outputs`` are formats with their files."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    outputs: tuple[Output, ...]
    statistics: bool
    max_findings: int | None
    diff_from: str | None
    exit_zero: bool
    stdin_filename: Path | None
    show_files: bool
    show_settings: bool
    ignore_suppressions: bool
    force_exclude: bool
    jobs: int
    no_cache: bool
    cache_dir: Path | None
    quiet: bool
    verbose: bool
    color: str
    config: Path | None
    isolated: bool
    fix: bool
    unsafe_fixes: bool
    fix_only: bool
    diff: bool
    add_ignore: bool
    reason: str
    baseline: Path | None
    no_baseline: bool
    strict_baseline: bool
    show_accepted: bool

    @property
    def suppress(self) -> Suppress:
        """The suppression comments that count."""
        return Suppress.NONE if self.ignore_suppressions else Suppress.ALL

    @property
    def changes(self) -> bool:
        """Whether files, or the text on standard input, are to be changed, or a diff is to be shown.

        Raises:
            click.UsageError: options contradict each other, or say nothing without another.

        """
        fixes = self.fix or self.fix_only or self.diff
        if self.unsafe_fixes and not fixes:
            raise click.UsageError("--unsafe-fixes says which fixes: add --fix, --fix-only or --diff")
        if self.diff_from is not None and (fixes or self.add_ignore):
            raise click.UsageError("--diff-from reports; it does not say what to change")
        if self.reason and not self.add_ignore:
            raise click.UsageError("--reason is part of the comments that --add-ignore writes")
        if len(self.reason.splitlines()) > 1:
            raise click.UsageError("--reason has to be one line: a comment is")
        if self.add_ignore and self.ignore_suppressions:
            raise click.UsageError("--add-ignore writes comments that --ignore-suppressions does not read")
        return fixes or self.add_ignore

    @property
    def choices(self) -> list[Choice]:
        """The treatments of findings, one after the other; for a diff, all at once."""
        from isolint.project.mending import Applicable, Choice

        allowed = Applicable.ALL if self.unsafe_fixes else Applicable.SAFE
        fixes = self.fix or self.fix_only or (self.diff and not self.add_ignore)
        both = Choice(allowed if fixes else Applicable.NONE, self.add_ignore, self.reason.strip())
        if self.diff or self.stdin is not None or not (fixes and self.add_ignore):
            return [both]
        return [replace(both, add_ignore=False), replace(both, fixes=Applicable.NONE)]

    @property
    def targets(self) -> tuple[Path, ...]:
        """The files and folders to check: by default the working directory."""
        return self.paths or (Path(),)

    @property
    def stdin(self) -> Path | None:
        """The name of the text on standard input, None where files are to be read.

        Raises:
            click.UsageError: standard input and files are asked for at once.

        """
        if self.stdin_filename is None and STANDARD_INPUT not in self.paths:
            return None
        if self.diff_from is not None:
            raise click.UsageError("--diff-from compares files; standard input is none")
        if set(self.paths) - {STANDARD_INPUT}:
            raise click.UsageError("either standard input or PATHS can be checked, not both")
        if self.show_files:
            raise click.UsageError("--show-files lists the files under PATHS; there are none")
        if self.show_settings:
            raise click.UsageError("--show-settings shows those of a file; name one")
        return self.stdin_filename or STANDARD_INPUT

    def accepting(self, config: Config, run: Run | None = None) -> Baselines:
        """Read the baselines in force: that of the command line, else those of the configurations of a ``run``.

        Before a run only that of ``config``, so that its problems are reported at once.

        Raises:
            click.UsageError: options contradict each other.
            ConfigProblems: a baseline cannot be used.

        """
        if self.baseline is not None and self.no_baseline:
            raise click.UsageError("--baseline and --no-baseline exclude each other")
        if self.no_baseline:
            found = Baselines()
        elif self.baseline is not None:
            found = Baselines(everywhere=read_baseline(absolute(self.baseline), config))
        else:
            found = baselines_of(run.configs if run is not None else (config,))
        for option, asked in (
            ("--strict-baseline", self.strict_baseline),
            ("--show-accepted", self.show_accepted),
        ):
            if asked and run is not None and not found.all:
                raise click.UsageError(
                    f"{option} needs a baseline: name one by --baseline or in the configuration"
                )
        return found

    def laid_over(self, config: Config) -> Config:
        """Return the configuration with this command line's rules laid over it.

        Raises:
            click.UsageError: there are no such rules.

        """
        overlay = Overlay(self.select, self.extend_select, self.ignore)
        if overlay == Overlay():
            return config
        titles = known_titles(config.plugins)
        wrong = [selector_error(selector, titles) for selector in (*self.select, *self.extend_select)]
        wrong += [ignore_error(selector, titles) for selector in self.ignore]
        if any(wrong):
            raise click.UsageError("; ".join(filter(None, wrong)))
        return overridden(config, overlay, known_rules)
