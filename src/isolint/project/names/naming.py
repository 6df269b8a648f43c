"""Names of modules from the paths of their files, without importing anything.

A module is named from its import root: ``backend/app/db.py`` below the root ``backend`` is ``app.db``. Where
two roots have a package ``app``, that is two modules, and each needs a name of its own in the project:
``services/a:app.db`` and ``services/b:app.db``. Such a unique name is called ``module`` everywhere, and
:class:`Visible` says which of them ``import app.db`` means in a file.
"""

from __future__ import annotations

import glob
import os
from collections import defaultdict
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.config import ConfigProblems, Problem, line_in
from isolint.config.model import DEFAULT_SRC
from isolint.config.problems import absolute, displayed
from isolint.project.names.roots import SRC, FoundRoots, Tree, Unrooted, find, is_aside, unrooted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from isolint.config import Config
    from isolint.project.sources.configurations import Configurations

MARK = ":"
"""Ends the part of a unique name that tells the import root."""


@final
class SourceFile(Struct, frozen=True):
    """A file and the names it goes by.

    ``path`` is absolute, ``shown`` is for people, ``relative`` starts at the folder of the configuration in force (it
    is absolute for a file outside), ``module`` is the unique dotted name. ``names`` are those that an import can use,
    the one from its own import root first.
    """

    path: Path
    shown: PurePath
    relative: PurePosixPath
    module: str
    names: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names that a pattern of the configuration may mean it by: with and without a leading ``src``."""
        bare = self.names[-1].removeprefix(f"{SRC}.")
        return self.names if bare in self.names else (*self.names, bare)

    def __hash__(self) -> int:
        # Files are keys all along a run, and of four fields it takes long to make a hash.
        return hash(self.path)


@final
class Visible(Struct, frozen=True):
    """Resolution of absolute imports to modules, relative to the importing module.

    ``roots`` are the import roots by path, the longest first, each with the prefix of unique names in it.
    ``tops`` say by root under which prefix a top-level name is found that several roots have; ``everywhere``
    are all such names. ``others`` lead from a name that a shorter root gives a module to its unique name.
    """

    roots: tuple[tuple[str, str], ...] = ()
    tops: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, "Mapping[str, str]"])
    everywhere: frozenset[str] = frozenset()
    others: Mapping[str, str] = field(default_factory=dict[str, str])

    def absolute(self, name: str, importer: str, file: Path | None) -> str:
        """Return the unique name for the dotted ``name`` in an absolute import.

        ``importer`` is the unique name of the module that holds the import, ``file`` its path if it has one.
        A name that is no module of the project, of a library say, comes back as it is.
        """
        top = name.partition(".")[0]
        if top in self.everywhere:
            prefix = self.tops.get(self._root_of(importer, file), {}).get(top, "")
            if prefix:
                return prefix + name
        return self.canonical(name)

    def canonical(self, name: str) -> str:
        """Return the unique name for one that starts at a shorter root: ``app.db.x`` for ``src.app.db.x``."""
        module, rest = name, ""
        while module and self.others:
            if module in self.others:
                return self.others[module] + rest
            module, _, last = module.rpartition(".")
            rest = f".{last}{rest}"
        return name

    def spellings(self, name: str) -> Iterator[str]:
        """Yield all unique names for a dotted name of a configuration, which speaks of every import root at once."""
        yield self.canonical(name)
        top = name.partition(".")[0]
        if top in self.everywhere:
            yield from sorted({prefix + name for seen in self.tops.values() if (prefix := seen.get(top, ""))})

    def _root_of(self, importer: str, file: Path | None) -> str:
        prefix, mark, _ = importer.partition(MARK)
        if mark:
            return next((root for root, known in self.roots if known == prefix + mark), "")
        text = str(file) if file is not None else ""
        return next((root for root, _ in self.roots if text.startswith(f"{root}/")), "")


@final
class Layout:
    """The folders of a project's modules: its own and its import roots, the longest first.

    ``files`` are the absolute paths of all Python files of the project. Without them only the roots are known that
    hold for any tree. ``projects`` are folders that are projects of their own. ``unrooted`` are imports that fit folders that are no roots.
    """

    def __init__(
        self,
        config: Config,
        files: Iterable[Path] = (),
        configs: Configurations | None = None,
        projects: Iterable[Path] = (),
    ) -> None:
        self.root = config.root
        self._configs = configs
        paths = tuple(files)
        found = _roots(config, paths, configs, [path.as_posix() for path in projects])
        self.unrooted: tuple[Unrooted, ...] = found.unrooted
        self.sources = tuple(
            sorted(map(Path, found.folders), key=lambda root: (-len(root.parts), root.as_posix()))
        )
        self._working = _Folder(Path.cwd())
        self._sources = tuple(map(_Folder, self.sources))
        self._tops = _Tops(self, paths, found, given=config.src != DEFAULT_SRC)

    def file(self, path: Path, shown: PurePath | None = None) -> SourceFile:
        """Return the file at an absolute path, which need not exist, with its names."""
        text = str(path)
        shown = shown or PurePath(self._working.below(text) or text)
        root = _Folder(self._configs.of(path).root if self._configs is not None else self.root)
        relative = PurePosixPath((root.below(text) or root.really_below(path) or text).replace(os.sep, "/"))
        source, names = self.placed(path)
        module = self._tops.prefix(source, names[0].partition(".")[0]) + names[0]
        return SourceFile(path, shown, relative, module, tuple(names))

    def placed(self, path: Path) -> tuple[Path, list[str]]:
        """Return the import root of a file and the module names it can be imported by, from that root first.

        The root is the longest one around the file, else the folder of its outermost package.
        """
        text = str(path)
        found = [(source.path, below) for source in self._sources if (below := source.below(text))]
        found = found or [
            (source.path, below) for source in self._sources if (below := source.really_below(path))
        ]
        if not found:
            around = _outermost_package(path)
            found = [(around, str(path.relative_to(around)))]
        return found[0][0], [dotted(below) for _, below in found]

    def shown_root(self, file: SourceFile) -> str:
        """Return the import root of a file from the folder of the project, ``.`` for that itself."""
        return Path(os.path.relpath(self.placed(file.path)[0], self.root)).as_posix()

    def visible(self, files: Iterable[SourceFile]) -> Visible:
        """Return the targets of absolute imports in a project of these files."""
        others: dict[str, str] = {}
        own: set[str] = set()
        for file in files:
            own.add(file.module)
            for other in file.names[1:]:
                others.setdefault(other, file.module)
        roots = tuple((source.as_posix(), _prefix_of(source, self.root)) for source in self.sources)
        kept = {other: module for other, module in others.items() if other not in own}
        return Visible(roots, self._tops.seen_from, self._tops.everywhere, kept)


@final
class _Tops:
    """Top-level names that more than one root has, or that are visible below their own root only."""

    def __init__(self, layout: Layout, paths: Iterable[Path], found: FoundRoots, *, given: bool) -> None:
        self._layout = layout
        self._given = given
        self._certain = found.certain
        self._packages: set[tuple[Path, str]] = set()
        self._private: set[tuple[Path, str]] = set()
        self._prefix: dict[tuple[Path, str], str] = {}
        holders = self._holders(paths)
        for top, by_root in sorted(holders.items()):
            self._separate(top, by_root)
        self.everywhere = frozenset(top for _, top in self._prefix)
        self.seen_from = {
            root.as_posix(): self._seen_from(root, holders)
            for root in (layout.sources if self.everywhere else ())
        }

    def _holders(self, paths: Iterable[Path]) -> Mapping[str, Mapping[Path, list[str]]]:
        """Return by top-level name and root the names of all modules."""
        holders: dict[str, dict[Path, list[str]]] = defaultdict(lambda: defaultdict(list))
        for path in paths if len(self._layout.sources) > 1 else ():
            root, (name, *_) = self._layout.placed(path)
            top, _, below = name.partition(".")
            holders[top][root].append(name)
            if below or path.stem == "__init__":
                self._packages.add((root, top))
        return holders

    def prefix(self, root: Path, top: str) -> str:
        """Return the prefix that tells a top-level name below ``root`` from that of other roots; empty for none."""
        return self._prefix.get((root, top), "")

    def _separate(self, top: str, by_root: Mapping[Path, list[str]]) -> None:
        names = [name for found in by_root.values() for name in found]
        is_namespace = top not in names
        merges = is_namespace and len({name for found in by_root.values() for name in set(found)}) == sum(
            len(set(found)) for found in by_root.values()
        )
        for root in by_root:
            if not is_namespace and self._is_private(root, top):
                self._private.add((root, top))
            if root != self._layout.root and (
                (root, top) in self._private or (len(by_root) > 1 and not merges)
            ):
                self._prefix[root, top] = _prefix_of(root, self._layout.root)

    def _is_private(self, root: Path, top: str) -> bool:
        """Whether a name is meant by imports below its root alone: elsewhere it is rather that of a library."""
        if self._given or root in (self._layout.root, self._layout.root / SRC):
            return False
        if is_aside(os.path.relpath(root, self._layout.root)):
            return True
        from isolint.project.names.conventions import libraries

        return top in libraries() and (root.as_posix(), top) not in self._certain

    def _seen_from(self, root: Path, holders: Mapping[str, Mapping[Path, list[str]]]) -> dict[str, str]:
        """Return by which prefix files of ``root`` see each name: their own, one around them, or the nearest."""
        text = f"{root.as_posix()}/"
        around = [other for other in self._layout.sources if text.startswith(f"{other.as_posix()}/")]
        seen: dict[str, str] = {}
        for top in sorted(self.everywhere):
            nearer = next((other for other in around if other in holders[top]), None)
            seen[top] = (
                self.prefix(nearer, top) if nearer is not None else self._nearest(root, top, holders[top])
            )
        return seen

    def _nearest(self, root: Path, top: str, by_root: Iterable[Path]) -> str:
        """Return the prefix of the root nearest to ``root`` that a name can be imported from; empty for several."""
        importable = [
            other for other in by_root if (other, top) in self._packages and (other, top) not in self._private
        ]
        shared = {other: len(os.path.commonpath([root, other])) for other in importable}
        nearest = [other for other in importable if shared[other] == max(shared.values())]
        return self.prefix(nearest[0], top) if len(nearest) == 1 else ""


@final
class _Folder:
    """A folder that paths are cut off from as text: pathlib takes ten times as long, for every file there is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._prefix = str(path).rstrip(os.sep) + os.sep

    def below(self, path: str) -> str:
        """Return the part of an absolute path behind this folder, ``""`` where the path is elsewhere."""
        return path[len(self._prefix) :] if path.startswith(self._prefix) else ""

    def really_below(self, path: Path) -> str:
        """Return the same for the real places of the folder and the file, links resolved."""
        real = _Folder(Path(os.path.realpath(self.path)))
        return real.below(os.path.join(os.path.realpath(path.parent), path.name))  # noqa: PTH118


def dotted(relative: str) -> str:
    """Return the module name for a path below a source root: ``a/b.py`` and ``a/b/__init__.py`` are a.b."""
    *packages, file = relative.split(os.sep)  # noqa: PTH206 - as text, for speed
    stem = file.rpartition(".")[0] or file
    return ".".join(packages if stem == "__init__" and packages else [*packages, stem])


def _prefix_of(root: Path, top: Path) -> str:
    # A dot would begin another part of the name.
    return Path(os.path.relpath(root, top)).as_posix().replace(".", "_") + MARK


def _roots(
    config: Config, files: Sequence[Path], configs: Configurations | None, projects: Sequence[str]
) -> FoundRoots:
    """Return the import roots that configurations name, and for the others those that their files show."""
    every = configs.all if configs is not None else (config,)
    given = {root.as_posix() for each in every for root in given_roots(each)}
    top = config.root.as_posix()
    inside = [path for path in files if path.is_relative_to(config.root)]
    tree = Tree(top, (path.as_posix() for path in inside), projects)
    if all(each.src == DEFAULT_SRC for each in every):
        return find(tree)
    open_ones = [path for path in inside if configs is not None and configs.of(path).src == DEFAULT_SRC]
    found = (
        find(Tree(top, (path.as_posix() for path in open_ones), projects)) if open_ones else FoundRoots(())
    )
    shown = set(found.folders) - ({top} if config.src != DEFAULT_SRC else set())
    folders = tuple(sorted(given | shown))
    return FoundRoots(folders, unrooted(tree, folders), found.certain)


def given_roots(config: Config) -> set[Path]:
    """Return the folders that ``src`` names, none where roots are to be found."""
    roots: set[Path] = set()
    missing: list[Problem] = []
    if config.src == DEFAULT_SRC:
        return roots
    for index, text in enumerate(config.src):
        found = [path for path in _matching(config.root, text) if path.is_dir()]
        roots.update(found)
        if not found:
            message = f'`src`: "{text}" is no folder'
            missing.append(
                Problem(displayed(config.source or config.root), line_in(config, ("src", index)), message)
            )
    if missing:
        raise ConfigProblems(missing)
    return roots


def _matching(root: Path, text: str) -> list[Path]:
    """Return the paths of a ``src`` entry: one, or with wildcards any number."""
    if glob.has_magic(text):
        return [absolute(root / found) for found in glob.glob(text, root_dir=root)]  # noqa: PTH207 - takes `..`
    return [absolute(root / text)]


def _outermost_package(path: Path) -> Path:
    """Return the folder that the packages around a file start from."""
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder
