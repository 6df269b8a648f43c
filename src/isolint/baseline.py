"""Findings that are accepted for now, so that a large code base can start today and let none be added.

``isolint-baseline.json`` lists them by attributes that do not change with the code around them: module, function or class,
rule, resolved name, and their number. One entry a line, sorted, so that git merges it::

    {
      "version": 1,
      "findings": [
        {"module": "app.users", "scope": "load", "code": "ISO102", "subject": "asyncio.run", "count": 2}
      ]
    }

A run reports new findings: of those with one key, the ones beyond the count, in source order. An entry for more findings
than there are is paid debt.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, cast, final

import msgspec
from msgspec import Meta, Struct

from isolint.model import Checked, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence

    from isolint.model import Diagnostic, Outcome

NAME = "isolint-baseline.json"
VERSION = 1
_ROOT_MARK = ":"
"""Ends the part of a module's name that tells its import root from others."""
_MERGE_MARKER = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)", re.MULTILINE)
_ENTRY_LINE = re.compile(r'^\s*\{"module":')


@final
class BaselineError(Exception):
    """The text is no baseline that can be used. ``line`` starts at 1 and is 0 for the file as a whole."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    module: str
    scope: str
    code: str
    subject: str
    count: Annotated[int, Meta(ge=1)]

    @property
    def key(self) -> Key:
        return Key(self.module, self.scope, self.code, self.subject)


@final
class Baseline(Struct, frozen=True):
    """The number of accepted findings of each key; ``lines`` are those of the entries, where they are known."""

    counts: Mapping[Key, int]
    lines: Mapping[Key, int] = {}

    @property
    def total(self) -> int:
        """The number of findings."""
        return sum(self.counts.values())

    def of_codes(self, codes: Collection[str]) -> Baseline:
        """Return the accepted findings of the rules with these codes."""
        return Baseline({key: count for key, count in self.counts.items() if key.code in codes}, self.lines)

    def text(self) -> str:
        """Return the content of the file."""
        entries = [{**msgspec.structs.asdict(key), "count": self.counts[key]} for key in sorted(self.counts)]
        rows = ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
        findings = f"[\n{rows}\n  ]" if rows else "[]"
        return f'{{\n  "version": {VERSION},\n  "findings": {findings}\n}}\n'


def parse(text: str, codes: Collection[str] | None) -> Baseline:
    """Read the content of a file; ``codes`` are those of the rules there are, None to take any.

    Raises:
        BaselineError: the text is not in the form of this version.

    """
    if marker := _MERGE_MARKER.search(text):
        line = text.count("\n", 0, marker.start()) + 1
        raise BaselineError(
            "git left a conflict here: keep the lines of both sides, then run `isolint baseline --prune`",
            line,
        )
    try:
        raw = json.loads(text)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise BaselineError(f"not valid JSON: {getattr(error, 'msg', error)}", line) from error
    except RecursionError as error:
        raise BaselineError("not usable JSON: nested too deeply") from error
    return _read(raw, _entry_lines(text), codes)


def _entry_lines(text: str) -> list[int]:
    """Return the lines of the entries, which have one each unless the file was formatted by another program."""
    return [number for number, line in enumerate(text.split("\n"), 1) if _ENTRY_LINE.match(line)]


def _read(raw: Any, lines: list[int], codes: Collection[str] | None) -> Baseline:
    if not isinstance(raw, dict) or "version" not in raw or "findings" not in raw:
        raise BaselineError(
            "not a baseline: it has no `version` and `findings`; `isolint baseline` writes one"
        )
    if raw["version"] != VERSION:
        raise BaselineError(
            f"version {raw['version']!r} of the file format, but this isolint reads version {VERSION}: "
            "use the isolint that wrote it, or write it anew with `isolint baseline`"
        )
    if not isinstance(raw["findings"], list):
        raise BaselineError("`findings` must be an array")
    found = cast("list[object]", raw["findings"])
    places = lines if len(lines) == len(found) else [0] * len(found)
    counts: dict[Key, int] = {}
    for item, line in zip(found, places, strict=True):
        entry = _entry(item, line)
        if entry.key in counts:
            raise BaselineError("this finding is listed twice: keep one line, with the right count", line)
        if codes is not None and entry.code not in codes:
            raise BaselineError(
                f"unknown rule `{entry.code}`: `isolint baseline --prune` removes entries of unknown rules",
                line,
            )
        counts[entry.key] = entry.count
    return Baseline(counts, dict(zip(counts, places, strict=True)))


def _entry(item: object, line: int) -> _Entry:
    try:
        return msgspec.convert(item, _Entry)
    except msgspec.ValidationError as error:
        raise BaselineError(f"not a finding: {error}", line) from error


@final
class Comparison(Struct, frozen=True):
    """Outcomes held against a baseline, with the findings that it accepts set apart; ``left`` accept nothing."""

    outcomes: tuple[Outcome, ...]
    left: Mapping[Key, int]


def compare(
    outcomes: Sequence[Outcome], baseline: Baseline, known: Container[str] | None = None
) -> Comparison:
    """Hold findings against a baseline, one file after the other.

    ``known`` are the names of all modules, where they are known: an entry for a module that is not among them accepts the
    same finding in one that is the same but for its import root, as another root may give a module another name.
    """
    left = _Left(baseline, known)
    compared = tuple(
        left.compared(outcome) if isinstance(outcome, Checked) and outcome.diagnostics else outcome
        for outcome in outcomes
    )
    return Comparison(compared, {key: count for key, count in left.counts.items() if count})


@final
class _Left:
    """The part of a baseline that has not accepted a finding yet."""

    def __init__(self, baseline: Baseline, known: Container[str] | None) -> None:
        self.counts = dict(baseline.counts)
        self._renamed: dict[tuple[str, str, str], list[Key]] = {}
        for key in sorted(baseline.counts) if known is not None else ():
            if known is not None and key.module not in known:
                self._renamed.setdefault((key.scope, key.code, key.subject), []).append(key)

    def compared(self, outcome: Checked) -> Checked:
        new: list[Diagnostic] = []
        accepted: list[Diagnostic] = []
        for found in outcome.diagnostics:
            (accepted if self._takes(found.key) else new).append(found)
        return dataclasses.replace(outcome, diagnostics=tuple(new), accepted=tuple(accepted))

    def _takes(self, found: Key) -> bool:
        others = self._renamed.get((found.scope, found.code, found.subject), ())
        same = (other for other in others if _is_same_module(other.module, found.module))
        key = next((each for each in (found, *same) if self.counts.get(each, 0)), None)
        if key is not None:
            self.counts[key] -= 1
        return key is not None


def _is_same_module(one: str, other: str) -> bool:
    """Whether two names are the same but for the import root: ``a:app.db`` and ``app.db``, ``app.db`` and ``db``."""
    one, other = (f".{name.rpartition(_ROOT_MARK)[2]}" for name in (one, other))
    return one.endswith(other) or other.endswith(one)


@final
class PaidDebt(Struct, frozen=True):
    """An entry for ``count`` findings too many, of which ``left`` are there; ``line`` is its line, 0 if unknown."""

    key: Key
    count: int
    left: int
    line: int


def paid(
    baseline: Baseline, left: Mapping[Key, int], is_judged: Callable[[Key], bool]
) -> tuple[PaidDebt, ...]:
    """Return the entries that accept more findings than there are, sorted; ``left`` are those without any.

    ``is_judged`` says of a key whether a finding with it would have been found.
    """
    return tuple(
        PaidDebt(key, count, baseline.counts[key] - count, baseline.lines.get(key, 0))
        for key, count in sorted(left.items())
        if is_judged(key)
    )


def pruned(compared: Comparison, is_judged: Callable[[Key], bool]) -> Baseline:
    """Return a baseline of the accepted findings, and of unchecked ones, under the names of today."""
    checked = (outcome for outcome in compared.outcomes if isinstance(outcome, Checked))
    accepted = Counter(found.key for outcome in checked for found in outcome.accepted)
    unknown = {key: count for key, count in compared.left.items() if not is_judged(key)}
    return Baseline(accepted + Counter(unknown))


def with_more(baseline: Baseline, outcomes: Iterable[Outcome]) -> Baseline:
    """Return a baseline that accepts the findings left in ``outcomes`` as well."""
    checked = (outcome for outcome in outcomes if isinstance(outcome, Checked))
    return Baseline(
        Counter(baseline.counts) + Counter(found.key for outcome in checked for found in outcome.diagnostics)
    )
