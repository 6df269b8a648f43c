"""Fingerprints of findings: servers recognise a finding of a later run by them, where its line has moved."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import astuple, replace

from isolint.model import Checked, Unparsable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Diagnostic, Key, Outcome


def with_fingerprints(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return the outcomes with a fingerprint for each finding: its key, and how many with that key come before it."""
    before: Counter[Key] = Counter()

    def named(found: Diagnostic) -> Diagnostic:
        text = json.dumps([*astuple(found.key), before[found.key]])
        before[found.key] += 1
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        return replace(found, fingerprint=digest)

    def each(outcome: Outcome) -> Outcome:
        if isinstance(outcome, Checked) and outcome.diagnostics:
            return dataclasses.replace(outcome, diagnostics=tuple(map(named, outcome.diagnostics)))
        if isinstance(outcome, Unparsable):
            return replace(outcome, diagnostic=named(outcome.diagnostic))
        return outcome

    return tuple(map(each, outcomes))
