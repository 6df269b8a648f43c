"""Rules and catalogues of other packages, by the entry points ``isolint.rules`` and ``isolint.catalogues``.

Only installed packages that a configuration names are loaded, and never from the working directory: to check a tree must
not run its code.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, final

import tomli
from msgspec import Struct

from isolint import api, catalogue, rule
from isolint.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from importlib import metadata

    from isolint.catalogue import Entry
    from isolint.rule import Context
    from isolint.semantic_index.facts import Fact

RULES, CATALOGUES = "isolint.rules", "isolint.catalogues"
_CODE = re.compile(r"[A-Z]+[0-9]+")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SOURCES = (".py", ".pyi", ".toml")


@final
class PluginError(Exception):
    """A package cannot be used as a plugin; the message names it and says why."""


@final
class Plugin(Struct, frozen=True):
    """The content of a package. ``sources`` are its folders, or files, with code and metadata; ``stamp`` differs for another build."""

    name: str
    rules: tuple[rule.Rule, ...]
    entries: tuple[Entry, ...]
    moved: tuple[tuple[str, str], ...]
    sources: tuple[Path, ...]
    stamp: str


@lru_cache(maxsize=16)
def load(name: str) -> Plugin:
    """Load a package by the name it is installed by; raises PluginError."""
    with _without_working_directory():
        distribution = _distribution(name)
        points = [point for point in distribution.entry_points if point.group in {RULES, CATALOGUES}]
        if not points:
            raise PluginError(f"`{name}` is installed, but has no entry points `{RULES}` or `{CATALOGUES}`")
        rules = tuple(_rule(name, point) for point in points if point.group == RULES)
        texts = [text for point in points if point.group == CATALOGUES for text in _texts(name, point)]
        sources = tuple(dict.fromkeys(_sources(points, distribution)))
    try:
        entries, moved = catalogue.read(texts)
    except ValueError as error:
        raise PluginError(f"`{name}`: {error}") from error
    return Plugin(name, rules, tuple(entries.values()), tuple(moved.items()), sources, _stamp(sources))


def load_all(names: Iterable[str]) -> tuple[Plugin, ...]:
    """Load several packages; raises PluginError, also where two have a rule of one code or name."""
    plugins = tuple(map(load, names))
    seen: dict[str, str] = {}
    for plugin in plugins:
        for each in plugin.rules:
            for word in (each.code, each.name):
                if word in seen:
                    raise PluginError(f"`{plugin.name}` and `{seen[word]}` both have a rule `{word}`")
            seen.update(dict.fromkeys((each.code, each.name), plugin.name))
    return plugins


@contextmanager
def _without_working_directory() -> Generator[None, None, None]:
    """Keep modules and metadata in the working directory from being found; ``python -m`` puts it first."""
    before = list(sys.path)
    here = os.path.realpath(Path.cwd())
    sys.path[:] = [each for each in before if each and os.path.realpath(each) != here]
    try:
        yield
    finally:
        sys.path[:] = before


def _distribution(name: str) -> metadata.Distribution:
    from importlib import metadata

    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError as error:
        raise PluginError(f"no package `{name}` is installed beside isolint, for {sys.executable}") from error


def _rule(name: str, point: metadata.EntryPoint) -> rule.Rule:
    place = f"`{name}`: the entry point `{point.name} = {point.value}`"
    try:
        given: object = point.load()
    except Exception as error:
        raise PluginError(f"{place} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(given, api.Rule):
        raise PluginError(f"{place} is a {type(given).__name__}, not an isolint.api.Rule")
    if given.api != api.VERSION:
        raise PluginError(
            f"{place} is written for version {given.api} of isolint.api; this isolint has {api.VERSION}"
        )
    if not _CODE.fullmatch(given.code) or given.code.startswith(rule.OWN_PREFIX):
        raise PluginError(
            f"{place}: the code `{given.code}` must be capitals and digits, and not begin with {rule.OWN_PREFIX}"
        )
    if point.name != given.code:
        raise PluginError(f"{place} has the code `{given.code}`: name the entry point so")
    if not _NAME.fullmatch(given.name):
        raise PluginError(f"{place}: the name `{given.name}` must be words in small letters, joined by `-`")
    return _own(given, name)


def _own(given: api.Rule, plugin: str) -> rule.Rule:
    """Return the rule as isolint's own are: it is asked about every file that has one of its roles."""

    def check(fact: Fact, context: Context) -> Iterator[Finding]:
        try:
            yield from map(_finding, given.check(fact, api.Module(context)))
        except RecursionError:
            raise  # the engine tries again, with a deeper stack
        except Exception as error:
            raise PluginError(
                f"the rule {given.code} of `{plugin}` failed: {type(error).__name__}: {error}"
            ) from error

    return rule.Rule(
        code=given.code,
        name=given.name,
        summary=given.summary,
        rationale=given.rationale,
        roles=given.roles,
        looks_at=given.looks_at,
        check=check,
        bad=given.bad,
        good=given.good,
        strict=given.strict,
        fix=given.fix,
    )


def _finding(given: object) -> Finding:
    if not isinstance(given, Finding):
        raise TypeError(f"it gives a {type(given).__name__}, not a finding")
    return given


def _texts(name: str, point: metadata.EntryPoint) -> list[str]:
    """Return the TOML files of the package that an entry point names."""
    place = f"`{name}`: the entry point `{point.name} = {point.value}`"
    try:
        folder = _folder_of(point)
        files = sorted(folder.glob("*.toml"))
        texts = [file.read_text(encoding="utf-8") for file in files]
        for file, text in zip(files, texts, strict=True):
            _must_be_toml(text, f"{place}: {file.name}")
    except PluginError:
        raise
    except Exception as error:
        raise PluginError(f"{place} cannot be loaded: {type(error).__name__}: {error}") from error
    if not texts:
        raise PluginError(f"{place}: there is no TOML file in that package")
    return texts


def _must_be_toml(text: str, place: str) -> None:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise PluginError(f"{place}: not valid TOML: {error}") from error


def _folder_of(point: metadata.EntryPoint) -> Path:
    """Return the folder of the module that an entry point names."""
    file = import_module(point.module).__file__
    if file is None:
        raise ValueError(f"{point.module} has no __init__.py")
    return Path(file).parent


def _sources(points: Iterable[metadata.EntryPoint], distribution: metadata.Distribution) -> Iterator[Path]:
    for point in points:
        file = import_module(point.module.partition(".")[0]).__file__
        if file is None:  # a namespace that packages share
            yield _folder_of(point)
        else:
            yield Path(file).parent if Path(file).stem == "__init__" else Path(file)
    for listed in distribution.files or ():
        if listed.name == "entry_points.txt":
            yield Path(str(distribution.locate_file(listed)))


def _stamp(sources: Iterable[Path]) -> str:
    """Return a digest of the sources of a plugin, so that nothing found by another build is recalled."""
    digest = hashlib.blake2b(digest_size=8)
    for source in sources:
        inside = (path for path in sorted(source.rglob("*")) if path.suffix in _SOURCES and path.is_file())
        for path in inside if source.is_dir() else (source,):
            digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
