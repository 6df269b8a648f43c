"""The results of the last run, as far as they still hold.

An outcome holds while its file, the rules, the configuration and all that it depends on in other modules are the same, and
while the project has the same modules in the same roles. So a warm run gives the result of a cold one; a damaged or missing
cache makes it a cold one. Of files that were written during a run nothing is kept, nor of files that depend on them.

Compiled modules are kept by the digest of their bytes, for any configuration.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, final

from msgspec.structs import replace

import isolint
from isolint import catalogue
from isolint.program.import_chains import ImportChains
from isolint.program.summaries import Summaries, add_bodies, compile_module
from isolint.program.traits import traits
from isolint.project.cache import outcomes, snapshot
from isolint.project.cache.changes import asking, change, stale_modules, still_asked
from isolint.project.cache.links import Links, linked
from isolint.project.cache.outcomes import Outcomes
from isolint.project.cache.store import FOLDER, Store
from isolint.summary.reading import Compiled
from isolint.syntax.relative_imports import package_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from isolint.config import Config
    from isolint.model import Outcome
    from isolint.program.import_chains import Link
    from isolint.project.cache.changes import Asked, Changed
    from isolint.project.cache.outcomes import Kept
    from isolint.project.cache.snapshot import Snapshot
    from isolint.project.checking import Examined, Job, Setup

__all__ = ["FOLDER", "Cache", "Store"]


_PARTS = "0123456789abcdef"
"""The first digits of digests: the modules of each are in a file of their own, so that a changed one is soon written."""
_MOST_COMPARED = 50
"""Changed modules that are compiled at once to see whether they say the same; where most have changed, few will."""


@final
class Cache:
    """The cache of one configuration in ``folder``, for one run."""

    def __init__(self, folder: Path, setup: Setup) -> None:
        self._store = Store(folder)
        self._setup = setup
        self._name = _name(setup)
        self._now: Snapshot
        self._kept: dict[str, Kept] = {}
        self._links: dict[str, set[str]] = {}
        self._compiled: dict[str, Compiled] = {}

    def recall(self, jobs: Sequence[Job]) -> tuple[dict[Job, Outcome], Mapping[str, Compiled]]:
        """Return the outcomes that still hold, and the compiled modules by name if there are outcomes that do not."""
        last, changed = self._look(job.file.path for job in jobs)
        if last is not None and changed is not None:
            self._kept = last.kept
        if last is not None and changed is not None and not changed and all(map(self._holds, jobs)):
            self._refresh(last)
            return self._outcomes(jobs), {}
        modules = self._modules()
        if last is not None and changed is not None:
            self._forget(changed, last, modules)
            before = {
                name: self._compiled.get(self._key(name, last.snapshot)) for name in self._setup.modules.files
            }
            if traits(before) != traits({name: modules.get(name) for name in self._setup.modules.files}):
                self._kept = {}  # without plans, nothing has been asked about them elsewhere than in the core
        return self._outcomes(jobs), modules

    def _refresh(self, last: Outcomes) -> None:
        """Write outcomes that all hold, with the times of their files now, if a file had to be read: the next run need not."""
        if not self._now.files.items() <= last.snapshot.files.items():
            self._store.write(self._file("outcomes"), replace(last, snapshot=self._now.confirmed()))

    def _outcomes(self, jobs: Sequence[Job]) -> dict[Job, Outcome]:
        """Return the outcomes that hold."""
        held = {job: self._kept[str(job.file.path)] for job in jobs if self._holds(job)}
        return {job: one.outcome(job.file.shown) for job, one in held.items()}

    def recall_modules(self) -> Mapping[str, Compiled]:
        """Return the compiled modules by name."""
        self._look(())
        return self._modules()

    def _look(self, others: Iterable[Path]) -> tuple[Outcomes | None, frozenset[str] | None]:
        """Return the kept results, and the modules that have changed since; None where all may have."""
        last = self._store.read(self._file("outcomes"), Outcomes)
        before = last.snapshot if last is not None else None
        self._now = snapshot.take(self._setup.modules, others, before)
        return last, self._now.changed_since(before) if before is not None else None

    def _file(self, content: str) -> str:
        return f"{self._name}-{content}.json"

    def _holds(self, job: Job) -> bool:
        """Whether there is an outcome of a file, and the file is itself the same as then."""
        kept = self._kept.get(str(job.file.path))
        about = job.file.module, job.role, self._now.digest_of(str(job.file.path))
        return kept is not None and (kept.module, kept.role, kept.digest) == about

    def _forget(self, changed: frozenset[str], last: Outcomes, modules: dict[str, Compiled]) -> None:
        """Keep only outcomes that depend on nothing that has ``changed``; add all that has to the compiled ``modules``."""
        found = self._store.read(self._file("links"), Links)
        if found is None or found.taken != last.linked or not found.is_sound():
            self._kept = {}  # another run writes at the same time, or the folder is damaged
            return
        links = found.by_name()
        asked = asking(links)
        stale = stale_modules(asked, self._changes(changed, last.snapshot, modules, asked))
        if "" in stale:  # asked for the run as a whole
            self._kept = {}
            return
        self._links = still_asked(links, stale)
        self._kept = {path: kept for path, kept in self._kept.items() if kept.module not in stale}

    def _modules(self) -> dict[str, Compiled]:
        """Return the compiled modules by name, those that have been compiled with the same bytes."""
        self._compiled = {}
        for part in _PARTS:
            self._compiled |= self._store.read(_compiled_file(part), dict[str, Compiled]) or {}
        found = {name: self._compiled.get(self._key(name, self._now)) for name in self._setup.modules.files}
        return {name: one for name, one in found.items() if one is not None}

    def _changes(
        self, changed: frozenset[str], last: Snapshot, modules: dict[str, Compiled], asked: Asked
    ) -> dict[str, Changed]:
        """Return the differences for others in modules that ``changed``, and add all to the compiled ``modules``."""
        if len(changed) > _MOST_COMPARED:
            return dict.fromkeys(changed)
        world, found = self._setup.modules, dict[str, "Changed"]()
        for name in sorted(changed):
            before = self._compiled.get(self._key(name, last))
            bodies = before is not None and bool(before.bodies)
            if name not in modules:
                modules[name] = compile_module(name, world, bodies=bodies)
            if bodies and not modules[name].bodies:
                modules[name] = add_bodies(name, modules[name], world)
            links = partial(self._links_of, name)
            found[name] = change(name, before, modules[name], asked.get(name, ()), self._guessed, links)
        return found

    @cached_property
    def _chains(self) -> ImportChains:
        world, options = self._setup.modules, self._setup.options
        checked = options.type_checking_imports
        return ImportChains(world, Summaries(world), options.ignore_imports, type_checking=checked)

    def _links_of(self, module: str, made: Compiled) -> Iterable[Link]:
        """Return those of the imports of a module, as it was ``made``, that lead on."""
        return self._chains.read(module, made.imported())

    @cached_property
    def _guessed(self) -> frozenset[str]:
        """The endings of names by which types are guessed."""
        entries = (*catalogue.load().entries(), *self._setup.config.options.known)
        return frozenset(ending.replace("_", "") for entry in entries for ending in entry.called)

    def _key(self, module: str, then: Snapshot) -> str:
        """Return the key among all compiled modules of a module as it was then."""
        digest = then.digest_of(str(self._setup.modules.files[module]))
        return f"{digest} {self._package(module)}"

    def keep(self, examined: Mapping[Job, Examined], compiled: Mapping[str, Compiled]) -> None:
        """Write the results of this run, with those of earlier ones that still hold."""
        self._now = self._now.confirmed()
        kept, links = dict(self._kept), self._links
        for job, result in examined.items():
            path = str(job.file.path)
            digest = self._now.digest_of(path)
            record = outcomes.keep(job, digest, result.outcome)
            if record is not None and digest not in {"", snapshot.UNKNOWN}:
                kept[path] = record
            for module, asked in result.consulted:
                links.setdefault(module, set()).add(asked)
        self._keep_compiled(compiled)
        # The outcomes last: without the links they are not believed.
        if self._store.write(self._file("links"), linked(self._now.taken, links)):
            self._store.write(self._file("outcomes"), Outcomes(self._now, self._now.taken, kept))
        self._store.forget_the_oldest()

    def _keep_compiled(self, compiled: Mapping[str, Compiled]) -> None:
        """Write the parts with new modules; as many as there are now may be left of those that others have written."""
        fresh = {f"{one.digest} {self._package(name)}": one for name, one in compiled.items() if one.digest}
        for part in sorted({key[0] for key, one in fresh.items() if self._compiled.get(key) != one}):
            now = {key: one for key, one in fresh.items() if key[0] == part}
            others = [key for key in self._compiled if key[0] == part and key not in now][: len(now)]
            self._store.write(_compiled_file(part), now | {key: self._compiled[key] for key in others})

    def _package(self, module: str) -> str:
        found = self._setup.modules.find(module)
        return package_of(module, is_package=found.is_package) if found is not None else ""


def _compiled_file(part: str) -> str:
    return f"{_build()}-{part}-modules.msgpack"


@cache
def _build() -> str:
    """Return a name that differs with all that a compiled module depends on beside its bytes."""
    about = (sys.version_info[:3], sys.byteorder, isolint.__version__, _own_files())
    return hashlib.blake2b(repr(about).encode(), digest_size=8).hexdigest()


def _name(setup: Setup) -> str:
    """Return a name that differs with every other dependency of an outcome."""
    # The treatment of findings changes none.
    config: Config = replace(setup.config, root=Path(), source=None, baseline="", rule_url="")
    roots = setup.modules.visible.tops
    parts = (config, roots, setup.suppress, sys.version_info[:3], isolint.__version__, _own_files())
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _own_files() -> list[tuple[str, int, int]]:
    """Return a text that tells one build of isolint from another of the same version."""
    top = str(Path(isolint.__file__).parent)
    # As text: this is part of every run, and Path.rglob takes three times as long.
    folders = ((folder[len(top) :], names) for folder, _, names in os.walk(top))
    files = [
        f"{folder}/{name}" for folder, names in folders for name in names if name.endswith((".py", ".toml"))
    ]
    about = ((path, os.stat(top + path)) for path in sorted(files))  # noqa: PTH116
    return [(path, stat.st_size, stat.st_mtime_ns) for path, stat in about]
