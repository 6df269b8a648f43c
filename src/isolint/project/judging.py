"""Compares the findings of a run with those that the project accepts for now: its baselines."""

from __future__ import annotations

import dataclasses
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint import baseline as baselines
from isolint.baseline import Baseline, BaselineError
from isolint.config import ConfigProblems, Problem, enabled, line_in
from isolint.config.problems import absolute, displayed
from isolint.model import Checked
from isolint.project.run import Debt
from isolint.report.fingerprints import with_fingerprints
from isolint.rules import known_rules, known_titles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.config import Config
    from isolint.model import Key, Outcome
    from isolint.project.run import Run


@final
class Accepted(Struct, frozen=True):
    """A baseline, the file that it is from, and the codes of the rules whose findings it can be held against."""

    path: Path
    baseline: Baseline
    judges: frozenset[str] = frozenset()

    @property
    def shown(self) -> PurePath:
        """The file as a person in the working directory would write it."""
        return displayed(self.path)


@final
class Baselines(Struct, frozen=True):
    """The baselines of a project: each accepts findings in the files that its configuration is in force for.

    ``folders`` are those of the configurations, the innermost first; ``everywhere`` is one for all files instead.
    """

    folders: tuple[tuple[Path, Accepted | None], ...] = ()
    everywhere: Accepted | None = None

    def of(self, path: PurePath) -> Accepted | None:
        """Return the baseline for a file."""
        if self.everywhere is not None or not self.folders:
            return self.everywhere
        here = Path.cwd() / path
        outermost = self.folders[-1][1]
        return next((accepted for folder, accepted in self.folders if here.is_relative_to(folder)), outermost)

    @property
    def all(self) -> tuple[Accepted, ...]:
        """Every baseline, once, sorted by path."""
        given = (self.everywhere, *(accepted for _, accepted in self.folders))
        by_path = {accepted.path: accepted for accepted in given if accepted is not None}
        return tuple(by_path[path] for path in sorted(by_path))


def rule_codes(config: Config) -> frozenset[str]:
    """Return the codes of the rules there are, those of plugins too."""
    return frozenset(title.code for title in known_titles(config.plugins))


def read_baseline(path: Path, config: Config, *, any_code: bool = False) -> Accepted:
    """Read a baseline; raise ConfigProblems where it is not there or cannot be used.

    ``any_code`` takes codes of rules that there are not.
    """
    codes = None if any_code else rule_codes(config)
    judges = frozenset(rule.code for rule in enabled(config, known_rules(config.plugins)))
    try:
        return Accepted(path, baselines.parse(path.read_bytes().decode("utf-8-sig"), codes), judges)
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


def baseline_file(config: Config) -> Path | None:
    """Return the file that a configuration names, None where it names none."""
    return absolute(config.root / config.baseline) if config.baseline else None


def baseline_of(config: Config) -> Accepted | None:
    """Read the baseline that a configuration names, None where it names none."""
    path = baseline_file(config)
    if path is None:
        return None
    if config.source is not None and not path.exists():
        line = line_in(config, ("baseline",))
        message = f'`baseline`: "{config.baseline}" is not there: `isolint baseline` writes it'
        raise ConfigProblems([Problem(displayed(config.source), line, message)])
    return read_baseline(path, config)


def baselines_of(configs: Iterable[Config]) -> Baselines:
    """Read the baselines of the configurations of a project."""
    innermost_first = sorted(configs, key=lambda config: -len(config.root.parts))
    return Baselines(tuple((config.root, baseline_of(config)) for config in innermost_first))


def judged(run: Run, accepting: Baselines) -> Run:
    """Return the run with the findings that baselines accept set apart, their paid debt, and fingerprints."""
    outcomes = list(with_fingerprints(run.outcomes))
    debts: list[Debt] = []
    governed: dict[Path, list[int]] = {}
    for place, outcome in enumerate(outcomes):
        found = accepting.of(outcome.path) if isinstance(outcome, Checked) and outcome.diagnostics else None
        if found is not None:
            governed.setdefault(found.path, []).append(place)
    for accepted in accepting.all:
        places = governed.get(accepted.path, [])
        compared = baselines.compare([outcomes[place] for place in places], accepted.baseline, run.known)
        for place, outcome in zip(places, compared.outcomes, strict=True):
            outcomes[place] = outcome
        gone = baselines.paid(accepted.baseline, compared.left, _judges(run, accepted))
        debts += [Debt(accepted.shown, entry) for entry in gone]
    files = tuple(accepted.shown for accepted in accepting.all)
    return dataclasses.replace(run, outcomes=tuple(outcomes), baselines=files, paid=tuple(debts))


def _judges(run: Run, accepted: Accepted) -> Callable[[Key], bool]:
    """Return whether a run would have reported the finding of an entry of a baseline.

    It cannot tell of modules that it did not check, unless they are gone from the project.
    """

    def judges(key: Key) -> bool:
        return key.code in accepted.judges and (key.module in run.checked or key.module not in run.known)

    return judges


def renewed(run: Run, accepted: Accepted, *, grows: bool) -> Baseline:
    """Return a baseline without entries whose findings are gone, with new findings only where it ``grows``."""
    compared = baselines.compare(run.outcomes, accepted.baseline, run.known)
    kept = baselines.pruned(compared, _judges(run, accepted))
    return baselines.with_more(kept, compared.outcomes) if grows else kept


def governed_by(run: Run, path: Path, config: Config) -> tuple[Outcome, ...]:
    """Return the outcomes of the files whose findings belong into the baseline ``path``.

    They are those for which a configuration that names it is in force, or ``config``, which may name none yet.
    """
    innermost_first = sorted(run.configs, key=lambda each: -len(each.root.parts))

    def belongs(outcome: Outcome) -> bool:
        here = Path.cwd() / outcome.path
        inside = (each for each in innermost_first if here.is_relative_to(each.root))
        governing = next(inside, innermost_first[-1])
        return governing.root == config.root or baseline_file(governing) == path

    return tuple(outcome for outcome in run.outcomes if belongs(outcome))
