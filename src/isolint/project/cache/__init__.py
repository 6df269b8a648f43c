"""What the last run found out, as far as it still holds.

An outcome holds while its file, the rules, the configuration and every module that it was asked of are
the same, and while the project as a whole speaks of the same things. So a warm run gives what a cold one
would; a damaged or missing cache makes it a cold one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, final

from msgspec.structs import replace

import isolint
from isolint.model import Role
from isolint.project.cache import snapshot
from isolint.project.cache.records import decoded, encoded
from isolint.project.cache.shape import UNREADABLE, numbers, table, texts
from isolint.project.cache.snapshot import Snapshot
from isolint.project.cache.store import FOLDER, Store
from isolint.semantics.watch import DRIVES, is_topic, offer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from isolint.config import Config
    from isolint.model import Outcome
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
        self._now: Snapshot | None = None
        self._records: dict[str, Any] = {}
        self._asked: dict[str, frozenset[str]] = {}

    def recall(self, jobs: Sequence[Job], make_checker: MakeChecker) -> tuple[dict[Job, Outcome], Checker]:
        """Return the outcomes that still hold, and a checker for the rest.

        What follows from what, in the second and larger file, is read only if there is a rest.
        """
        last = self._read_last()
        self._now = snapshot.take(self._setup.modules, (job.file.path for job in jobs), last)
        changed = self._now.changed_since(last) if last is not None else None
        try:
            same = self._same(jobs)
            if changed is not None and (changed or len(same) < len(jobs)):
                assert last is not None  # noqa: S101  # else there is no telling what changed
                return self._recall_some(same, changed, last, make_checker)
            if changed is not None:
                return same, make_checker({}, {})
        except UNREADABLE:
            pass
        self._records, self._asked = {}, {}
        return {}, make_checker({}, {})

    def _read_last(self) -> Snapshot | None:
        try:
            taken, records = self._store.read(f"{self._name}-outcomes.json")
            self._records = table(records)
            return Snapshot.decoded(taken)
        except UNREADABLE:
            return None

    def _same(self, jobs: Sequence[Job]) -> dict[Job, Outcome]:
        """Return the outcomes of jobs that are themselves the same as last time."""
        found: dict[Job, Outcome] = {}
        for job in jobs:
            module, role, digest, outcome = self._records.get(str(job.file.path), (None, None, None, None))
            if digest and (module, role, digest) == (job.file.module, job.role.value, self._digest(job)):
                found[job] = decoded(outcome, job.file.shown, job.role)
        return found

    def _digest(self, job: Job) -> str:
        return self._now.digest_of(str(job.file.path)) if self._now is not None else ""

    def _recall_some(
        self, same: Mapping[Job, Outcome], changed: frozenset[str], last: Snapshot, make_checker: MakeChecker
    ) -> tuple[dict[Job, Outcome], Checker]:
        # What the details need is not needed where nothing has changed.
        from isolint.project.cache.drives import decoded_drives
        from isolint.project.cache.glimpses import decoded_glimpse

        details = table(self._store.read(f"{self._name}-details.json"))
        if details["taken"] != last.taken:
            raise ValueError("of another run that wrote at the same time")
        names, world = texts(details["names"]), table(details["world"])
        if not all(name in world for name in names if is_topic(name)):
            raise ValueError("a topic without what was said on it")
        listed = table(details["asked"]).items()
        self._asked = {path: frozenset(names[i] for i in numbers(asked)) for path, asked in listed}
        seen = table(details["glimpses"])
        glimpses = {m: decoded_glimpse(g) for m, g in seen.items() if m not in changed}
        words = {m: frozenset(texts(w)) for m, w in table(details["words"]).items() if m not in changed}
        checker = make_checker(glimpses, words)
        same_offers = self._with_the_same_offer(changed, last, seen, checker)
        changed |= {offer_of(module) for module in changed - same_offers}
        changed |= {t for t, digest in world.items() if t != DRIVES and checker.digest_of(t) != digest}
        checker.drives = decoded_drives(details["drives"], names, changed)
        if DRIVES in world and checker.digest_of(DRIVES) != world[DRIVES]:
            changed |= {DRIVES}
        self._forget(changed)
        return {job: outcome for job, outcome in same.items() if str(job.file.path) in self._records}, checker

    def _with_the_same_offer(
        self, changed: frozenset[str], last: Snapshot, seen: Mapping[str, Any], checker: Checker
    ) -> frozenset[str]:
        """Return those of the modules that still offer what they did, in the same file and role."""
        from isolint.project.cache.glimpses import decoded_glimpse

        assert self._now is not None  # noqa: S101  # taken first
        place_of = self._now.modules.get
        stayed = [m for m in changed if m in seen and place_of(m) == last.modules.get(m)]
        if len(stayed) > _MOST_COMPARED:
            return frozenset()
        pairs = ((m, checker.exports_of(m), decoded_glimpse(seen[m]).exports) for m in stayed)
        return frozenset(m for m, now, before in pairs if now is not None and now.leads_as(before))

    def _forget(self, changed: frozenset[str]) -> None:
        """Keep only records of files that are the same and were asked of nothing that changed."""
        assert self._now is not None  # noqa: S101  # taken first
        digest_of = self._now.digest_of
        self._records = {
            path: record
            for path, record in self._records.items()
            if path in self._asked and not self._asked[path] & changed and digest_of(path) == record[2]
        }
        for record in self._records.values():
            decoded(record[3], Path(), Role.CORE)  # what is no outcome is not written down again

    def keep(self, examined: Mapping[Job, Examined], checker: Checker) -> None:
        """Write down what was found out now, with what still holds of what was known."""
        from isolint.project.cache.drives import encoded_drives
        from isolint.project.cache.glimpses import encoded_glimpse

        assert self._now is not None  # noqa: S101  # whoever keeps has recalled first
        asked = {path: self._asked[path] for path in self._records if path in self._asked}
        records = {path: self._records[path] for path in asked}
        for job, result in examined.items():
            path, record = str(job.file.path), encoded(result.outcome)
            if record is not None and self._digest(job):
                records[path] = [job.file.module, job.role.value, self._digest(job), record]
                asked[path] = result.asked
        by_files = frozenset[str]().union(*asked.values())
        about_drives = {DRIVES: checker.digest_of(DRIVES)} if DRIVES in by_files else {}
        drives = checker.drives  # what that was worked out from
        every = sorted(by_files.union(*(one.consulted for one in drives.summaries.values())))
        number = {name: index for index, name in enumerate(every)}
        topics = (name for name in every if is_topic(name) and name != DRIVES)
        details = {
            "taken": self._now.taken,
            "names": every,
            "asked": {path: sorted(number[name] for name in listed) for path, listed in asked.items()},
            "glimpses": {module: encoded_glimpse(glimpse) for module, glimpse in checker.glimpses.items()},
            "words": {module: sorted(words) for module, words in checker.words.items()},
            "drives": encoded_drives(drives, number),
            "world": {topic: checker.digest_of(topic) for topic in topics} | about_drives,
        }
        # The second first: without it the other one is not believed.
        if self._store.write(f"{self._name}-details.json", details):
            self._store.write(f"{self._name}-outcomes.json", [self._now.encoded(), records])


def _name(setup: Setup) -> str:
    """Return a name that differs for whatever else an outcome depends on."""
    config: Config = replace(setup.config, root=Path(), source=None)
    parts = (config, setup.suppress, sys.version_info[:3], isolint.__version__, _own_files())
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
