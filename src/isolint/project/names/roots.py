"""Import roots: the folders that absolute imports start from, found where ``src`` does not name them.

``backend/app/main.py`` that says ``from app.db import connect`` has the root ``backend``. A root is

1. the folder of the configuration, and ``src`` below it; the same for a folder with a configuration or a
   ``pyproject.toml`` of its own, unless imports name it by a longer name;
2. the folder above an outermost package, as for mypy and pytest: above ``app`` with an ``__init__.py``;
3. any folder from which an absolute import of a file below it leads to a file of the tree. This decides for
   folders without ``__init__.py``, which may be a package or a root, and against 2 for the regular part of a
   namespace package;
4. a folder elsewhere in the tree, where an import leads to a file from nowhere else.

An import is a vote for the folder it resolves in. A wrong root makes a file of the project of an installed
library, so the votes are weighed: ``import redis`` beside a ``redis.py`` in a package is no evidence. A package whose
files import each other without its name (``from database import engine`` in ``app/main.py``) is a root as well.
Where evidence for 4 does not suffice, the import is reported with the line of configuration that decides.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.project.names.import_statements import defines, head, line_of, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from isolint.project.names.import_statements import Statement

SRC = "src"
_STANDARD_PACKAGES = frozenset(
    "asyncio collections concurrent ctypes curses dbm email html http importlib json logging multiprocessing os "
    "re sqlite3 sysconfig tkinter tomllib unittest urllib wsgiref xml xmlrpc zipfile zoneinfo".split()
)
_SAMPLE = 6
"""Files of each part of a package whose imports are read, at least."""
_DEEP = 2
"""Parts of a path that an import has to lead along to be beyond doubt."""


@final
class Unrooted(Struct, frozen=True, order=True):
    """An import that leads to a file of the tree from a folder that is no import root."""

    folder: str
    importer: str
    line: int
    module: str


@final
class FoundRoots(Struct, frozen=True):
    """The import roots of a tree as absolute paths, sorted, and imports that fit a folder that is none.

    ``certain`` are the names of packages that import themselves from their root: no library is meant there.
    """

    folders: tuple[str, ...]
    unrooted: tuple[Unrooted, ...] = ()
    certain: frozenset[tuple[str, str]] = frozenset()


@final
class Tree:
    """The folders of a project that hold Python files. All paths are absolute text; ``top`` is its folder.

    ``projects`` are folders that are projects of their own.
    """

    def __init__(self, top: str, files: Iterable[str], projects: Iterable[str] = ()) -> None:
        self.top = top
        self.projects = tuple(sorted(projects))
        self.files = sorted(files)
        self.modules: dict[str, dict[str, str]] = {}
        self.folders: dict[str, set[str]] = {}
        self.packages: set[str] = set()
        for file in self.files:
            folder, _, name = file.rpartition("/")
            stem = name.rpartition(".")[0]
            if stem == "__init__":
                self.packages.add(folder)
            else:
                self.modules.setdefault(folder, {}).setdefault(stem, file)
            while folder not in self.folders:
                self.folders[folder] = set()
                folder = folder.rpartition("/")[0] if self.is_inside(folder) else folder
        for folder in filter(self.is_inside, self.folders):
            above, _, name = folder.rpartition("/")
            self.folders[above].add(name)

    def is_inside(self, folder: str) -> bool:
        """Whether a folder lies below the top."""
        return folder.startswith(f"{self.top}/")

    def holds(self, folder: str, name: str) -> bool:
        """Whether there is a module or a folder with modules of that name."""
        return name in self.folders.get(folder, ()) or name in self.modules.get(folder, ())

    def around(self, folder: str) -> Iterator[str]:
        """Yield a folder and those around it, up to the top."""
        yield folder
        while self.is_inside(folder):
            folder = folder.rpartition("/")[0]
            yield folder

    def resolve(self, root: str, module: str, names: Sequence[str]) -> tuple[str, int] | None:
        """Return the file or folder that an import names from ``root``, and how many parts of it are files.

        None where it leads nowhere: a folder without ``__init__.py`` has nothing but modules to import from.
        """
        at = root
        parts = module.split(".")
        for depth, part in enumerate(parts, 1):
            if part in self.folders.get(at, ()):
                at = f"{at}/{part}"
            elif part in self.modules.get(at, ()) and depth == len(parts):
                return self.modules[at][part], depth
            else:
                return None
        below = next((name for name in names if self.holds(at, name)), "")
        if below:
            return self.modules.get(at, {}).get(below, f"{at}/{below}"), len(parts) + 1
        return (at, len(parts)) if at in self.packages or not names else None

    def is_in_package(self, folder: str) -> bool:
        """Whether a regular package is around a folder, at any distance: it is imported through that by default."""
        return any(each in self.packages for each in self.around(folder) if each != self.top)

    def outermost_package(self, path: str) -> str:
        """Return the outermost of the regular packages that a file or folder is in without a gap; or ``""``."""
        outermost = ""
        for folder in self.around(path if path in self.folders else path.rpartition("/")[0]):
            if folder not in self.packages or folder == self.top:
                break
            outermost = folder
        return outermost


@final
class _Vote(Struct, frozen=True, gc=False):
    """An import of ``file`` that resolves in ``root`` to ``target``.

    ``own`` says that the file is in the very package that it imports from, ``certain`` that no library can be meant.
    """

    file: str
    root: str
    target: str
    own: bool
    certain: bool
    statement: Statement


def find(tree: Tree) -> FoundRoots:
    """Return the import roots of a tree."""
    return _Search(tree).found()


def unrooted(tree: Tree, roots: Sequence[str]) -> tuple[Unrooted, ...]:
    """Return the imports that lead to a file of the tree from folders that are none of the given roots."""
    return _Search(tree).outside(frozenset(roots), given=True)[1]


@final
class _Search:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names = frozenset[str]().union(*tree.folders.values(), *tree.modules.values())
        self._known_hits: dict[tuple[str, str, bytes], Sequence[tuple[str, str, int]]] = {}
        self._known_holders: dict[tuple[str, str], Sequence[str]] = {}
        self._known_packages: dict[str, str] = {}
        self._unresolved: list[tuple[str, Statement]] = []
        self._votes: list[_Vote] = []
        settled = self._settled()
        for file in tree.files:
            if self._package_of(file) not in settled:
                self._votes += self._votes_of(file)
        self._votes += [vote for votes in settled.values() for vote in votes]

    def found(self) -> FoundRoots:
        roots = {self._tree.top, *self._src()}
        packages = self._tree.packages | self._inside_packages
        open_ones: list[Unrooted] = []
        for folder in sorted({vote.root for vote in self._votes} - roots):
            votes = [vote for vote in self._votes if vote.root == folder]
            if folder in packages and not self._outweighs(folder):
                continue
            if self._tree.is_in_package(folder) and not any(vote.certain for vote in votes):
                open_ones.append(min(map(_as_unrooted, votes)))
            else:
                roots.add(folder)
        roots.update(self._of_projects())
        roots.update(self._above_packages(roots))
        more, doubtful = self.outside(frozenset(roots))
        certain = {(vote.root, _top_of(vote)) for vote in self._votes if vote.own}
        found = tuple(sorted(roots | more))
        return FoundRoots(found, tuple(sorted({*doubtful, *open_ones})), frozenset(certain))

    # Votes

    def _settled(self) -> dict[str, list[_Vote]]:
        """Return packages at the top with the votes of a sample of their files, where no others could say more.

        That is where all of the sample is for the folder around the package, and where nothing else in the tree could be
        a root. So of most large trees a few files are read.
        """
        tree = self._tree
        base = {tree.top, f"{tree.top}/{SRC}"}
        if any(self._homes(frozenset(base)).values()):
            return {}
        groups: dict[str, dict[str, list[str]]] = {}
        for file in tree.files:
            package = self._package_of(file)
            if package and package.rpartition("/")[0] in base:
                part = file[len(package) + 1 :].rpartition("/")[0].partition("/")[0]
                groups.setdefault(package, {}).setdefault(part, []).append(file)
        settled: dict[str, list[_Vote]] = {}
        for package, parts in groups.items():
            votes = [
                vote for files in parts.values() for file in _spread(files) for vote in self._votes_of(file)
            ]
            above = package.rpartition("/")[0]
            if any(vote.own for vote in votes) and all(vote.root in (above, tree.top) for vote in votes):
                settled[package] = votes
        return settled

    def _package_of(self, file: str) -> str:
        folder = file.rpartition("/")[0]
        if folder not in self._known_packages:
            self._known_packages[folder] = self._tree.outermost_package(folder)
        return self._known_packages[folder]

    def _votes_of(self, file: str) -> Iterator[_Vote]:
        folder = file.rpartition("/")[0]
        sure: list[_Vote] = []
        weak: list[_Vote] = []
        for statement in statements(head(file), self._names):
            votes = [
                self._weighed(file, root, target, depth, statement)
                for root, target, depth in self._hits(folder, statement)
                if target != file
            ]
            counted = [vote for vote in votes if vote is not None]
            if not counted:
                self._unresolved.append((file, statement))
                continue
            vote = max(counted, key=lambda each: (each.own, each.certain, len(each.root)))
            (sure if vote.certain else weak).append(vote)
        yield from sure
        # A file that imports its own package from elsewhere is no script beside the one it names.
        if not any(vote.own for vote in sure):
            yield from weak

    def _hits(self, folder: str, statement: Statement) -> Sequence[tuple[str, str, int]]:
        """Return the folders around one from which an import leads to a file, with the file, and how deep it lies."""
        key = folder, statement.module, statement.listed
        if key not in self._known_hits:
            tree = self._tree
            self._known_hits[key] = [
                (root, *hit)
                for root in self._holders(folder, statement.top)
                if (hit := tree.resolve(root, statement.module, statement.names)) is not None
            ]
        return self._known_hits[key]

    def _holders(self, folder: str, top: str) -> Sequence[str]:
        """Return the folders around one that hold something of that name."""
        key = folder, top
        if key not in self._known_holders:
            around = self._tree.around(folder)
            self._known_holders[key] = [each for each in around if self._tree.holds(each, top)]
        return self._known_holders[key]

    def _weighed(self, file: str, root: str, target: str, depth: int, statement: Statement) -> _Vote | None:
        """Return the vote that an import is; None where it is no evidence."""
        own = file.startswith((f"{root}/{statement.top}/", f"{root}/{statement.top}."))
        vote = _Vote(file, root, target, own=own, certain=True, statement=statement)
        if root == self._tree.top:
            return vote
        if statement.top in _STANDARD_PACKAGES:
            return None
        in_package = root in self._tree.packages
        if depth >= _DEEP and (own or not in_package):
            return vote
        if statement.top in self._libraries or (in_package and own) or self._wraps(target, statement.top):
            return None
        if depth >= _DEEP or self._defines(target, statement):
            return vote
        return replace(vote, certain=False)

    def _defines(self, target: str, statement: Statement) -> bool:
        """Whether a module binds one of the names that are imported from it: then it is meant, and no library."""
        if not statement.listed:
            return False
        data = head(target if target.endswith((".py", ".pyi")) else f"{target}/__init__.py")
        return any(defines(data, name) for name in statement.names)

    def _wraps(self, target: str, name: str) -> bool:
        """Whether a module imports the name that it has itself: it stands for a library, and means that."""
        return target.endswith(".py") and any(True for _ in statements(head(target), (name,)))

    @cached_property
    def _libraries(self) -> frozenset[str]:
        # The catalogue is read where a root hangs on it, and not in most runs.
        from isolint.project.names.conventions import libraries

        return libraries()

    # Roots

    def _src(self) -> Iterator[str]:
        """Yield ``src``, unless all that is said of it is that it is a package."""
        src = f"{self._tree.top}/{SRC}"
        if src not in self._tree.folders:
            if os.path.isdir(src):  # noqa: PTH112 - nothing in it is saved yet
                yield src
            return
        from_it = any(vote.root == src for vote in self._votes)
        through_it = any(
            vote.root == self._tree.top and vote.target.startswith(f"{src}/") for vote in self._votes
        )
        if from_it or not through_it:
            yield src

    def _of_projects(self) -> Iterator[str]:
        """Yield the folders that projects inside the tree keep their code in."""
        inside = self._inside_packages
        for folder in self._tree.projects:
            src = f"{folder}/{SRC}"
            root = src if src in self._tree.folders and src not in self._tree.packages else folder
            is_root = root in self._tree.folders and root not in self._tree.packages | inside
            if is_root and not self._is_aside(root):
                yield root

    def _outweighs(self, package: str) -> bool:
        """Whether modules of a package import from there more often than the package from around it."""
        below = [vote for vote in self._votes if vote.file.startswith(f"{package}/")]
        from_it = sum(vote.root == package for vote in below)
        return from_it > sum(vote.own and len(vote.root) < len(package) for vote in below)

    def _above_packages(self, roots: set[str]) -> Iterator[str]:
        """Yield the folders above outermost packages, but of those that are imported by a longer name."""
        tree = self._tree
        inside = self._inside_packages
        for package in sorted({tree.outermost_package(folder) for folder in tree.packages} - {""}):
            above, _, name = package.rpartition("/")
            if above in roots or above in inside or self._is_aside(above) or tree.is_in_package(above):
                continue
            if name.isidentifier() and name not in self._libraries:
                yield self._around_namespace(above, inside)

    def _around_namespace(self, folder: str, inside: set[str]) -> str:
        """Return the root of a folder with a package: around it, where it is called like a namespace elsewhere."""
        namespaces = {each.rpartition("/")[2] for each in inside - self._tree.packages}
        around = [each for each in self._tree.around(folder) if each.rpartition("/")[2] == SRC]
        if around:
            return around[0]
        above, _, name = folder.rpartition("/")
        return above if name in namespaces else folder

    @cached_property
    def _inside_packages(self) -> set[str]:
        """Return the folders that imports name a part of: they are packages, with or without ``__init__.py``."""
        inside: set[str] = set()
        for vote in self._votes:
            for path in (vote.target, vote.file) if vote.own else (vote.target,):
                folder = path if path in self._tree.folders else path.rpartition("/")[0]
                while len(folder) > len(vote.root):
                    inside.add(folder)
                    folder = folder.rpartition("/")[0]
        return inside

    def _is_aside(self, folder: str) -> bool:
        return is_aside(folder[len(self._tree.top) + 1 :])

    def outside(self, roots: frozenset[str], *, given: bool = False) -> tuple[set[str], tuple[Unrooted, ...]]:
        """Return folders elsewhere in the tree from which alone imports resolve, and imports that stay open.

        Where the roots are ``given``, every import that resolves from another folder is one of the latter.
        """
        found: set[str] = set()
        doubtful: dict[tuple[str, str], Unrooted] = {}
        homes = self._homes(roots)
        open_ones = self._unresolved
        if given:
            by_place = ((vote.file, vote.root) for vote in self._votes if vote.root not in roots)
            open_ones = [*open_ones, *self._statements_at(frozenset(by_place))]
        for file, statement in open_ones:
            if self._is_aside(file) or any(self._tree.holds(root, statement.top) for root in roots):
                continue
            fitting = [
                (folder, hit)
                for folder in homes.get(statement.top, ())
                if (hit := self._tree.resolve(folder, statement.module, statement.names)) is not None
                and self._is_telling(statement, *hit)
            ]
            sure = {folder for folder, (_, depth) in fitting if depth >= _DEEP}
            if len(fitting) == 1 and sure and not given:
                found |= sure
            for folder, _ in fitting:
                one = Unrooted(folder, file, line_of(statement, head(file)), statement.module)
                key = (folder, statement.top)
                doubtful[key] = min(one, doubtful.get(key, one))
        left = sorted(
            one for (_, top), one in doubtful.items() if not any(self._tree.holds(r, top) for r in found)
        )
        return found, tuple(left)

    def _statements_at(self, places: frozenset[tuple[str, str]]) -> list[tuple[str, Statement]]:
        files = {file for file, _ in places}
        return [(file, one) for file in sorted(files) for one in statements(head(file), self._names)]

    def _homes(self, roots: frozenset[str]) -> Mapping[str, Sequence[str]]:
        """Return the folders that could be roots, by the names of their entries."""
        tree = self._tree
        homes: dict[str, list[str]] = {}
        for folder in sorted(tree.folders):
            if folder in roots or self._is_aside(folder):
                continue
            if tree.is_in_package(folder):
                continue
            for name in sorted({*tree.folders[folder], *tree.modules.get(folder, ())}):
                homes.setdefault(name, []).append(folder)
        return homes

    def _is_telling(self, statement: Statement, target: str, depth: int) -> bool:
        if depth >= _DEEP:
            return True
        is_something = target in self._tree.packages or target.endswith((".py", ".pyi"))
        return is_something and statement.top not in self._libraries


def _spread(files: Sequence[str]) -> Sequence[str]:
    """Return a few of many files, from all over them."""
    return files[:: max(len(files) // _SAMPLE, 1)]


def is_aside(path: str) -> bool:
    """Whether a path leads into tests, examples or other things beside a program: none of it imports from there."""
    from isolint.project.names.conventions import ASIDE

    return not ASIDE.isdisjoint(path.split("/"))


def _as_unrooted(vote: _Vote) -> Unrooted:
    line = line_of(vote.statement, head(vote.file))
    return Unrooted(vote.root, vote.file, line, vote.statement.module)


def _top_of(vote: _Vote) -> str:
    return vote.file[len(vote.root) + 1 :].partition("/")[0].partition(".")[0]
