"""Holds what a run found against what the project accepts for now: its baseline, and rules that only warn."""

from __future__ import annotations

import dataclasses
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint import baseline as baselines
from isolint.baseline import Baseline, BaselineError
from isolint.config import ConfigProblems, Problem, enabled, line_in, warned
from isolint.config.problems import displayed
from isolint.model import Checked, Severity
from isolint.rules import known_rules, known_titles

if TYPE_CHECKING:
    from collections.abc import Container

    from isolint.baseline import PaidDebt
    from isolint.config import Config
    from isolint.model import Key, Outcome
    from isolint.project.run import Run


@final
class Accepted(Struct, frozen=True):
    """A baseline and the file that it is from."""

    path: Path
    baseline: Baseline

    @property
    def shown(self) -> PurePath:
        """The file as a person in the working directory would write it."""
        return displayed(self.path)


def rule_codes(config: Config) -> frozenset[str]:
    """Return the codes of the rules there are, those of plugins too."""
    return frozenset(title.code for title in known_titles(config.plugins))


def read_baseline(path: Path, config: Config, *, any_code: bool = False) -> Accepted:
    """Read a baseline; raise ConfigProblems where it is not there or cannot be used.

    ``any_code`` takes codes of rules that there are not.
    """
    codes = None if any_code else rule_codes(config)
    try:
        return Accepted(path, baselines.parse(path.read_bytes().decode("utf-8-sig"), codes))
    except FileNotFoundError as error:
        problem = Problem(displayed(path), 0, "there is no such baseline: `isolint baseline` writes one")
        raise ConfigProblems([problem]) from error
    except OSError as error:
        message = f"the baseline cannot be read: {error.strerror or error}"
        raise ConfigProblems([Problem(displayed(path), 0, message)]) from error
    except UnicodeDecodeError as error:
        raise ConfigProblems([Problem(displayed(path), 0, "the baseline is not UTF-8")]) from error
    except BaselineError as error:
        raise ConfigProblems([Problem(displayed(path), error.line, error.message)]) from error


def baseline_of(config: Config) -> Accepted | None:
    """Read the baseline that a configuration names, None where it names none."""
    if not config.baseline:
        return None
    path = config.root / config.baseline
    in_file = config.source is not None and not Path(config.baseline).is_absolute()
    if in_file and not path.exists():
        line = line_in(config, ("baseline",))
        message = f'`baseline`: "{config.baseline}" is not there: `isolint baseline` writes it'
        raise ConfigProblems([Problem(displayed(config.source or path), line, message)])
    return read_baseline(path, config)


def judged(run: Run, config: Config, accepted: Accepted | None) -> Run:
    """Return the run with the findings that the baseline accepts set apart, its paid debt, fingerprints, and warnings marked."""
    if config.warn:
        codes = warned(config, known_rules(config.plugins))
        run = dataclasses.replace(run, outcomes=tuple(_warning(outcome, codes) for outcome in run.outcomes))
    run = dataclasses.replace(run, outcomes=baselines.with_fingerprints(run.outcomes))
    if accepted is None:
        return run
    outcomes = baselines.accept(run.outcomes, accepted.baseline)
    return dataclasses.replace(run, outcomes=outcomes, paid=paid(run, config, accepted.baseline))


def _warning(outcome: Outcome, codes: Container[str]) -> Outcome:
    """Return the outcome with the findings of these rules marked as warnings."""
    if not isinstance(outcome, Checked) or not any(found.code in codes for found in outcome.diagnostics):
        return outcome
    marked = (
        replace(found, severity=Severity.WARNING) if found.code in codes else found
        for found in outcome.diagnostics
    )
    return dataclasses.replace(outcome, diagnostics=tuple(marked))


def paid(run: Run, config: Config, baseline: Baseline) -> tuple[PaidDebt, ...]:
    """Return the entries of a baseline whose findings are gone, as far as the run can tell.

    It cannot tell of modules that it did not check, unless they are gone from the project.
    """
    codes = {rule.code for rule in enabled(config, known_rules(config.plugins))}

    def is_judged(key: Key) -> bool:
        return key.code in codes and (key.module in run.checked or key.module not in run.known)

    return baselines.paid(baseline, run.outcomes, is_judged)
