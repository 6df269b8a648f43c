"""What the last run found out, as far as it still holds.

An outcome holds while its file, the rules, the configuration and every module that it was asked of are
the same, and while the project as a whole speaks of the same things. So a warm run gives what a cold one
would; a damaged or missing cache makes it a cold one. Of files that were written during a run nothing is kept, nor
of what depends on them.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec.structs import replace

import isolint
from isolint.project.cache import outcomes, snapshot
from isolint.project.cache.numbering import Numbering
from isolint.project.cache.outcomes import Outcomes
from isolint.project.cache.store import FOLDER, Store
from isolint.semantics.watch import DRIVES, offer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from isolint.config import Config
    from isolint.model import Outcome
    from isolint.project.cache.details import Details
    from isolint.project.cache.outcomes import Kept
    from isolint.project.cache.snapshot import Snapshot
    from isolint.project.checking import Checker, Examined, Job, Setup
    from isolint.semantics.glimpse import Glimpse

__all__ = ["FOLDER", "Cache", "Store"]

_MOST_COMPARED = 50
"""Changed modules that are parsed to see what they offer: where most have changed, that would spare little."""

MakeChecker: TypeAlias = "Callable[[Mapping[str, Glimpse], Mapping[str, frozenset[str]]], Checker]"
"""Makes a checker that knows glimpses, and words, of modules that have not changed."""


@final
class Cache:
    """The cache of one configuration in ``folder``, for one run."""

    def __init__(self, folder: Path, setup: Setup) -> None:
        self._store = Store(folder)
        self._setup = setup
        self._name = _name(setup)
        self._now: Snapshot
        self._kept: dict[str, Kept] = {}
        self._numbering = Numbering()
        self._asked: dict[str, tuple[int, ...]] = {}

    def recall(self, jobs: Sequence[Job], make_checker: MakeChecker) -> tuple[dict[Job, Outcome], Checker]:
        """Return the outcomes that still hold, and a checker for the rest.

        What follows from what, in the second and larger file, is read only if there is a rest.
        """
        found = self._look(job.file.path for job in jobs)
        if found is None:
            return {}, make_checker({}, {})
        last, changed = found
        self._kept = last.kept
        same = [job for job in jobs if self._is_same(job)]
        if changed or len(same) < len(jobs):
            details = self._details(last.snapshot)
            if details is None:
                self._kept = {}
                return {}, make_checker({}, {})
            checker = self._with_the_rest(details, changed, last.snapshot, make_checker)
        else:
            checker = make_checker({}, {})
        kept = ((job, self._kept.get(str(job.file.path))) for job in same)
        return {job: one.outcome(job.file.shown) for job, one in kept if one is not None}, checker

    def recall_modules(self, make_checker: MakeChecker) -> Checker | None:
        """Return a checker that knows what still holds of what was known of the modules; None if nothing was."""
        found = self._look(())
        if found is None:
            return None
        last, changed = found
        details = self._details(last.snapshot)
        return (
            self._knowing(details, changed, last.snapshot, make_checker)[0] if details is not None else None
        )

    def _look(self, others: Iterable[Path]) -> tuple[Outcomes, frozenset[str]] | None:
        """Return what was kept, and which modules have changed since; None where all may have."""
        last = self._store.read(self._file("outcomes"), Outcomes)
        before = last.snapshot if last is not None else None
        self._now = snapshot.take(self._setup.modules, others, before)
        changed = self._now.changed_since(before) if before is not None else None
        return (last, changed) if last is not None and changed is not None else None

    def _file(self, what: str) -> str:
        return f"{self._name}-{what}.json"

    def _is_same(self, job: Job) -> bool:
        """Whether a file is itself the same as last time."""
        kept, digest = self._kept.get(str(job.file.path)), self._digest(job)
        return kept is not None and (kept.module, kept.role, kept.digest) == (
            job.file.module,
            job.role,
            digest,
        )

    def _digest(self, job: Job) -> str:
        return self._now.digest_of(str(job.file.path))

    def _details(self, last: Snapshot) -> Details | None:
        """Return what goes with the outcomes; None where that is of another run, which wrote at the same time."""
        # What the details need is not needed where nothing has changed.
        from isolint.project.cache.details import Details

        found = self._store.read(self._file("details"), Details)
        return found if found is not None and found.taken == last.taken and found.is_sound() else None

    def _with_the_rest(
        self, details: Details, changed: frozenset[str], last: Snapshot, make_checker: MakeChecker
    ) -> Checker:
        """Keep only what still holds, and return a checker that knows what is known of the modules."""
        checker, changed = self._knowing(details, changed, last, make_checker)
        if DRIVES in details.world and checker.digest_of(DRIVES) != details.world[DRIVES]:
            changed |= {DRIVES}
        self._numbering = Numbering(details.names)
        stale = self._numbering.known(changed)
        self._asked = {path: asked for path, asked in details.asked.items() if stale.isdisjoint(asked)}
        self._kept = {
            path: kept
            for path, kept in self._kept.items()
            if path in self._asked and self._now.digest_of(path) == kept.digest
        }
        return checker

    def _knowing(
        self, details: Details, changed: frozenset[str], last: Snapshot, make_checker: MakeChecker
    ) -> tuple[Checker, frozenset[str]]:
        """Return a checker that knows what still holds, and all names of which what was known does not."""
        words = {m: some for m, some in details.words.items() if m not in changed}
        checker = make_checker(details.glimpsed(changed), words)
        same_offers = self._with_the_same_offer(details, changed, last, checker)
        changed |= {offer_of(module) for module in changed - same_offers}
        world = details.world.items() if changed else ()
        changed |= {t for t, digest in world if t != DRIVES and checker.digest_of(t) != digest}
        checker.drives = details.drives(changed)
        return checker, changed

    def _with_the_same_offer(
        self, details: Details, changed: frozenset[str], last: Snapshot, checker: Checker
    ) -> frozenset[str]:
        """Return those of the modules that still offer what they did, in the same file and role."""
        place_of, seen = self._now.modules.get, details.glimpses
        stayed = [m for m in changed if m in seen and place_of(m) == last.modules.get(m)]
        if len(stayed) > _MOST_COMPARED:
            return frozenset()
        pairs = ((m, checker.exports_of(m), seen[m][-1]) for m in stayed)
        return frozenset(m for m, now, before in pairs if now is not None and now.leads_as(before))

    def keep(self, examined: Mapping[Job, Examined], checker: Checker) -> None:
        """Write down what was found out now, with what still holds of what was known."""
        from isolint.project.cache.details import details

        self._now = self._now.confirmed()
        kept = dict(self._kept)
        asked = {path: self._asked[path] for path in kept}
        for job, result in examined.items():
            path, digest = str(job.file.path), self._digest(job)
            record = outcomes.keep(job, digest, result.outcome)
            if record is not None and digest not in {"", snapshot.UNKNOWN}:
                kept[path] = record
                asked[path] = self._numbering.numbers(result.asked)
        found = details(self._now.taken, asked, self._numbering, checker)
        # The second first: without it the other one is not believed.
        if self._store.write(self._file("details"), found):
            self._store.write(self._file("outcomes"), Outcomes(self._now, kept))


def _name(setup: Setup) -> str:
    """Return a name that differs for whatever else an outcome depends on."""
    # What is done about findings changes none.
    config: Config = replace(setup.config, root=Path(), source=None, baseline="", rule_url="")
    roots = setup.modules.visible.tops
    parts = (config, roots, setup.suppress, sys.version_info[:3], isolint.__version__, _own_files())
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _own_files() -> list[tuple[str, int, int]]:
    """Return what tells one build of isolint from another of the same version."""
    top = str(Path(isolint.__file__).parent)
    # As text: this is part of every run, and Path.rglob takes three times as long.
    folders = ((folder[len(top) :], names) for folder, _, names in os.walk(top))
    files = [
        f"{folder}/{name}" for folder, names in folders for name in names if name.endswith((".py", ".toml"))
    ]
    about = ((path, os.stat(top + path)) for path in sorted(files))  # noqa: PTH116
    return [(path, stat.st_size, stat.st_mtime_ns) for path, stat in about]
