"""A function of a project lifted: its file, the files that call it, and the remaining manual steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct, field, structs

from isolint import lift
from isolint.lift import Refusal, Refused, Style, Target
from isolint.model import Role
from isolint.project.errors import ProjectError
from isolint.project.mending import Mended
from isolint.project.sources.replacing import Changed, replace
from isolint.project.workspace import Workspace
from isolint.syntax.concrete import encoded
from isolint.syntax.imports import Home
from isolint.syntax.parsing import SyntaxProblem, decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from isolint.config import Config
    from isolint.lift import Call, CallSites
    from isolint.project.modules import Modules


@final
class Place(Struct, frozen=True, order=True):
    """A function of a module, by names: `load`, or `Service.load`."""

    module: str
    function: str


@final
class Left(Struct, frozen=True, order=True):
    """A use of a lifted function that still takes it for a coroutine function."""

    path: str
    call: Call
    function: str


@final
class Conversion(Struct):
    """The changes of a lift: the files, the functions that are lifted, the uses left, and the reason of a refusal.

    ``performed`` are the files in which calls perform the plan, and get its Result.
    """

    files: list[Mended] = field(default_factory=list[Mended])
    lifted: list[Place] = field(default_factory=list[Place])
    left: list[Left] = field(default_factory=list[Left])
    performed: list[str] = field(default_factory=list[str])
    refused: list[tuple[str, str, Refusal]] = field(default_factory=list["tuple[str, str, Refusal]"])


@final
class _Overlay:
    """The modules of a project, some of them with another text than in their files."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._packages = modules.packages()
        self.texts: dict[str, str] = {}
        self.read_before: dict[str, bytes] = {}

    def read(self, module: str) -> tuple[str, Home] | None:
        """Return the text of a module, with the changes made so far."""
        file = self._modules.find(module)
        if file is None:
            return None
        home = Home(module, file.is_package, self._packages)
        if module in self.texts:
            return self.texts[module], home
        data = file.read()
        text = decode(data) if data is not None else None
        if data is None or text is None or isinstance(text, SyntaxProblem):
            return None
        self.read_before[module] = data
        return text.content, home

    def place(self, module: str) -> str:
        """Return the path of a module for messages."""
        file = self._modules.find(module)
        return file.place if file is not None else module

    def mentioning(self, word: str) -> Iterator[str]:
        """Yield the modules whose text says a word."""
        for module in sorted(self._modules.modules()):
            found = self.read(module)
            if found is not None and word in found[0]:
                yield module

    def changes(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Yield each file with another text now, in its own encoding."""
        for module, text in sorted(self.texts.items()):
            before = self.read_before[module]
            content = decode(before)
            old = "" if isinstance(content, SyntaxProblem) else content.content
            after = encoded(text, before, old)
            if isinstance(after, SyntaxProblem):
                raise ProjectError(f"{self.place(module)}: {after.message}")
            if after != before:
                yield module, before, after


def convert(path: Path, function: str, config: Config, style: Style, *, recursive: bool) -> Conversion:
    """Lift a function of a file, and with ``recursive`` the coroutine functions of the core that call it.

    Raises ProjectError where there is no such function. Nothing is written: see :func:`write`.
    """
    workspace = Workspace(config, [path])
    (file,) = workspace.checked
    modules = workspace.modules
    overlay = _Overlay(modules)
    conversion = Conversion()
    pending = [Place(file.module, function)]
    while pending:
        place = pending.pop(0)
        if place in conversion.lifted:
            continue
        found = overlay.read(place.module)
        project = lift.Project(overlay)
        outcome = lift.lift(found[0], found[1], place.function, project, style) if found is not None else None
        if outcome is None:
            raise ProjectError(_missing(place, project, overlay.place(place.module)))
        if isinstance(outcome, Refused):
            shown, refused = overlay.place(place.module), _as_written(place, outcome, modules, style)
            conversion.refused += [(shown, place.function, each) for each in refused]
            continue
        overlay.texts[place.module] = outcome.text
        conversion.lifted.append(place)
        sites = _follow(place, outcome.passed, overlay, modules)
        conversion.performed += [overlay.place(module) for module, each in sites if each.performed]
        if recursive:
            pending += [
                Place(module, call.around)
                for module, each in sites
                for call in each.left
                if call.in_coroutine
            ]
    if not conversion.refused:
        conversion.left += _left(conversion.lifted, overlay, modules)
        for module, before, after in overlay.changes():
            there = modules.find(module)
            if there is not None:
                conversion.files.append(Mended(there.path, before, after))
    return conversion


def write(files: Sequence[Mended], root: Path) -> None:
    """Write the changed files; raise ProjectError, with nothing written, where one has changed meanwhile."""
    targets = [(root / file.path).resolve() for file in files]
    for target, file in zip(targets, files, strict=True):
        if not target.is_relative_to(root.resolve()):
            raise ProjectError(f"{file.path}: it is {target}, outside the project {root}")
        if target.read_bytes() != file.before:
            raise ProjectError(f"{file.path}: another program has changed it: nothing was written")
    for target, file in zip(targets, files, strict=True):
        _write_one(target, file)


def _write_one(target: Path, file: Mended) -> None:
    try:
        replace(target, file.after, expected=file.before)
    except Changed:
        raise ProjectError(f"{file.path}: another program has changed it meanwhile") from None


def _follow(
    place: Place, passed: Sequence[str], overlay: _Overlay, modules: Modules
) -> list[tuple[str, CallSites]]:
    """Rewrite the calls of a lifted function in the project, and return them by module."""
    target = Target(place.module, place.function)
    if target.owner:
        project = lift.Project(overlay)
        views = filter(None, map(project.view, overlay.mentioning(target.last)))
        found = [each for view in views for each in lift.overrides(view, project, target)]
        target = structs.replace(target, overrides=tuple(found))
    followed: list[tuple[str, CallSites]] = []
    for module in overlay.mentioning(target.last):
        project = lift.Project(overlay)
        view, text = project.view(module), overlay.read(module)
        if view is None or text is None:
            continue
        drives = modules.role_of(module) not in {Role.CORE, Role.RUNTIME}
        sites = lift.call_sites(text[0], view, project, target, passed, in_shell=drives)
        if sites.text != text[0]:
            overlay.texts[module] = sites.text
        followed.append((module, sites))
    return followed


def _left(lifted: Sequence[Place], overlay: _Overlay, modules: Modules) -> list[Left]:
    """Return the uses that are left when all is lifted, with the lines of the texts as they are then."""
    return [
        Left(overlay.place(module), call, place.function)
        for place in lifted
        for module, sites in _follow(place, (), overlay, modules)
        for call in sites.left
    ]


def _as_written(place: Place, refused: Refused, modules: Modules, style: Style) -> tuple[Refusal, ...]:
    """Return the refusals with the lines of the files, where the functions lifted before have moved them."""
    files = _Overlay(modules)
    found = files.read(place.module)
    before = lift.lift(*found, place.function, lift.Project(files), style) if found is not None else None
    return before.refusals if isinstance(before, Refused) else refused.refusals


def _missing(place: Place, project: lift.Project, shown: str) -> str:
    view = project.view(place.module)
    if view is None:
        return f"LibCST, which lifts, cannot parse {shown}"
    known = [name for name, function in view.functions.items() if function.asynchronous is not None]
    there = f": its coroutine functions are {', '.join(known)}" if known else ", and no coroutine function"
    return f"{shown} has no function `{place.function}` at its top level or in a class{there}"
