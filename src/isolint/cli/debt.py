"""The findings that a baseline accepts, by package, rule and age, as `isolint baseline --stats` prints them."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from isolint.cli.messages import say_note
from isolint.project.git import GitError, line_times
from isolint.report.tally import counted_noun
from isolint.report.view import visible
from isolint.rules import known_titles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.config import Config
    from isolint.project import Accepted

_DAY = 24 * 60 * 60
_AGES = ((7, "a week"), (30, "a month"), (91, "three months"), (365, "a year"))
_MOST = 20


def statistics(accepted: Accepted, config: Config) -> str:
    """Return the counts, most first; ages are those of the lines in git, where the file is in a repository."""
    counts = accepted.baseline.counts
    packages: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    names = {title.code: title.name for title in known_titles(config.plugins)}
    for key, count in counts.items():
        packages[key.module.rpartition(".")[0] or key.module] += count
        rules[f"{key.code} {names.get(key.code, '')}".rstrip()] += count
    total = f"{counted_noun(accepted.baseline.total, 'finding')} accepted in {accepted.shown}\n"
    parts = [total, _table("package", _most(packages)), _table("rule", _most(rules))]
    if ages := _ages(accepted):
        parts.append(_table("age", ages))
    return "\n".join(part for part in parts if part)


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = ordered[_MOST:]
    more = [(f"in {len(rest)} more", sum(count for _, count in rest))] if rest else []
    return ordered[:_MOST] + more


def _table(title: str, rows: Iterable[tuple[str, int]]) -> str:
    listed = list(rows)
    if not listed:
        return ""
    digits = max(len(f"{count:,}") for _, count in listed)
    return f"by {title}\n" + "".join(f"  {count:>{digits},}  {visible(name)}\n" for name, count in listed)


def _ages(accepted: Accepted) -> list[tuple[str, int]]:
    """Return how many findings were accepted how long ago, the newest first; nothing where git cannot tell."""
    if not any(accepted.baseline.lines.values()):
        return []
    try:
        times = line_times(accepted.path)
    except GitError as error:
        say_note(f"ages are not known: {error}")
        return []
    now = time.time()
    order = ["not committed yet", *(f"less than {words}" for _, words in _AGES), f"more than {_AGES[-1][1]}"]
    found: Counter[str] = Counter()
    for key, count in accepted.baseline.counts.items():
        found[_age(now - when if (when := times.get(accepted.baseline.lines[key], 0)) else None)] += count
    return [(words, found[words]) for words in order if found[words]]


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "not committed yet"
    words = next((words for days, words in _AGES if seconds < days * _DAY), None)
    return f"less than {words}" if words else f"more than {_AGES[-1][1]}"
