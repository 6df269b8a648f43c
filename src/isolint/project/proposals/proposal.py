"""The roles that a tree seems to have. Names suggest a role, facts confirm it; an unconfirmed one is left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, final

from msgspec import Struct, field
from msgspec.structs import replace

from isolint.config.patterns import Form, parse
from isolint.model import Role
from isolint.project.names.conventions import CERTAIN_CORE, LIKELY_CORE, NAMESPACES, SHELL
from isolint.project.proposals.package_facts import Facts, prefixes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from isolint.project.proposals.declared_layers import Hint
    from isolint.project.proposals.package_facts import Evidence

_MOST_IMPORTERS = 3
"""The greatest number of importers of a shell that is a single module."""
_MOST_GUESSES = 5
_MOST_NAMED = 3
_DEEPEST = 4
"""The largest number of parts of a name whose last part may suggest a role."""


@final
class Suggestion(Struct, frozen=True):
    """A role for a package or module, and why; ``doubt`` says why it is not proposed all the same.

    ``unnamed`` says that nothing in its name suggests the role.
    """

    role: Role
    facts: Facts
    reason: str
    doubt: str = ""
    unnamed: bool = False


@final
class Proposal(Struct, frozen=True):
    """Suggestions to write down, in the order of roles and names, and those that a person must decide.

    ``tests`` is empty where the built-in patterns do. ``elsewhere`` counts the drives in modules outside all of them.
    ``left`` are the packages of which nothing is said, the likeliest core first. ``frameworks`` are those that each
    module imports.
    """

    assigned: tuple[Suggestion, ...]
    doubtful: tuple[Suggestion, ...]
    tests: tuple[str, ...]
    elsewhere: Mapping[str, int]
    left: tuple[Facts, ...] = ()
    frameworks: Mapping[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])

    def forbidden(self) -> dict[str, int]:
        """Return the frameworks that modules of the shell import and none of the core does, with how many do."""
        roles = [(parse(each.facts.pattern), each.role) for each in self.assigned]
        if any(pattern.form is not Form.DOTTED for pattern, _ in roles):
            return {}  # which modules a glob means is not known here
        by_role: dict[Role | None, Counter[str]] = defaultdict(Counter)
        for module, names in self.frameworks.items():
            reached = ((pattern.reach((module,), PurePosixPath()), role) for pattern, role in roles)
            nearest = max(
                ((reach, role) for reach, role in reached if reach is not None),
                key=lambda found: found[0],
                default=(None, None),
            )
            by_role[nearest[1]].update(names)
        shell, core = by_role[Role.SHELL], by_role[Role.CORE]
        return {name: shell[name] for name in sorted(shell.keys() - core.keys() - NAMESPACES)}

    def patterns(self, role: Role) -> list[str]:
        """Return the patterns to write for a role."""
        if role is Role.TESTS:
            return list(self.tests)
        return [each.facts.pattern for each in self.assigned if each.role is role]

    def with_given(self, given: Mapping[Role, Sequence[str]]) -> Proposal:
        """Return the proposal with the decisions of a person laid over it."""
        said = {name: role for role, names in given.items() for name in names}
        if not said:
            return self
        own = [Suggestion(role, Facts(name), "as you say") for name, role in said.items()]
        cores = given.get(Role.CORE, ())
        assigned = [
            each
            for each in self.assigned
            if each.facts.name not in said
            and not any(each.facts.name.startswith(f"{core}.") and each.unnamed for core in cores)
        ]
        doubtful = (each for each in self.doubtful if each.facts.name not in said and each.reason)
        return replace(self, assigned=_in_order([*own, *assigned]), doubtful=tuple(doubtful))


def propose(evidence: Evidence, entry_points: Collection[str], hints: Mapping[str, Hint]) -> Proposal:
    """Weigh the evidence. ``entry_points`` are the modules that the distribution installs as commands.

    ``hints`` are the layers in the configurations of other tools.
    """
    suggestions = sorted(
        _suggestions(evidence.facts, entry_points, hints), key=lambda each: each.facts.name.split(".")
    )
    kept = list(_outermost(suggestions))
    assigned = [each for each in kept if not each.doubt]
    assigned = [each for each in assigned if not _holds_core(each, assigned)]
    doubtful = [each for each in kept if each.doubt]
    if not any(each.role is Role.CORE for each in assigned):
        doubtful += _guesses(evidence.facts)
    covered = {module for each in assigned for module in each.facts.modules}
    elsewhere = {
        module: number
        for module, number in sorted(evidence.drives.items())
        if number and module not in covered
    }
    left = _left(evidence.facts, [each.facts for each in (*assigned, *doubtful)])
    return Proposal(
        _in_order(assigned), tuple(doubtful), evidence.tests, elsewhere, tuple(left), evidence.frameworks
    )


def _left(facts: Mapping[str, Facts], said: Sequence[Facts]) -> list[Facts]:
    """Return the outermost packages that hold nothing of which something is ``said``, the likeliest core first."""
    named = {each.name for each in said}
    around = {name for each in said for name in prefixes(each.name)}
    found: list[Facts] = []
    for name, each in facts.items():
        *outer, _ = prefixes(name)
        is_outermost = name not in around and all(above in around - named for above in outer)
        if is_outermost and (each.is_package or not outer):
            found.append(each)
    return sorted(
        found, key=lambda each: (bool(each.frameworks), bool(each.drives), -len(each.importers), each.name)
    )


def _in_order(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    order = list(Role)
    return tuple(sorted(suggestions, key=lambda each: (order.index(each.role), each.facts.name)))


def _suggestions(
    facts: Mapping[str, Facts], entry_points: Collection[str], hints: Mapping[str, Hint]
) -> Iterator[Suggestion]:
    for name, known in facts.items():
        word = known.word.strip("_")
        if not known.is_package and len(known.combinators) > 1:
            shown = ", ".join(sorted(known.combinators))
            yield Suggestion(Role.RUNTIME, known, f"defines {shown}")
        elif name in entry_points and not known.is_package:
            yield Suggestion(Role.SHELL, known, "a command of the distribution starts here")
        elif name in hints:
            role, reason = hints[name]
            doubt = _doubt_of_core(known, certain=True) if role is Role.CORE else _doubt_of_shell(known)
            yield Suggestion(role, known, reason, doubt)
        elif word in CERTAIN_CORE | LIKELY_CORE and name.count(".") < _DEEPEST:
            yield Suggestion(
                Role.CORE, known, f"called `{word}`", _doubt_of_core(known, certain=word in CERTAIN_CORE)
            )
        elif word in SHELL and name.count(".") < _DEEPEST:
            yield Suggestion(Role.SHELL, known, f"called `{word}`", _doubt_of_shell(known))
        elif not known.is_package and known.drives.get("ISO102") and not known.importers:
            yield Suggestion(Role.SHELL, known, "runs an event loop, and no module imports it", unnamed=True)


def _doubt_of_core(facts: Facts, *, certain: bool) -> str:
    """Return the evidence against a core. Some drives are none: to find those is the purpose of the role."""
    size = len(facts.modules)
    if len(facts.attached) * 2 > size or (facts.attached and not certain):
        return f"imports {_most_imported(facts.frameworks)}"
    if not certain and len(facts.driving) * 2 > size:
        return "most of its modules drive" if size > 1 else "it drives"
    if not certain and not facts.importers:
        return "no module imports it"
    return ""


def _most_imported(frameworks: Mapping[str, int]) -> str:
    names = sorted(frameworks, key=lambda name: (-frameworks[name], name))
    return ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")


def _doubt_of_shell(facts: Facts) -> str:
    if not facts.is_package and len(facts.importers) > _MOST_IMPORTERS:
        return f"{len(facts.importers)} modules import it"
    if facts.drives or facts.frameworks or not facts.importers:
        return ""
    return "nothing in it looks like one"


def _guesses(facts: Mapping[str, Facts]) -> Iterator[Suggestion]:
    """Yield the packages that could be a core, going by facts alone, those that most depend on first."""
    fit = [
        each
        for each in facts.values()
        if each.is_package and each.importers and not each.attached and not each.drives and "." in each.name
    ]
    for each in sorted(fit, key=lambda each: (-len(each.importers), each.name))[:_MOST_GUESSES]:
        yield Suggestion(Role.CORE, each, "", "nothing speaks against a core, but nothing else for one")


def _outermost(suggestions: Sequence[Suggestion]) -> Iterator[Suggestion]:
    """Leave out a suggestion that one for a package around it covers; outer ones come first."""
    said: dict[str, Suggestion] = {}
    for each in suggestions:
        around = [said[name] for name in prefixes(each.facts.name) if name in said]
        nearest = next((other for other in reversed(around) if not other.doubt), None)
        if nearest is not None and (nearest.role is each.role or each.doubt or not _stands_out(each)):
            continue
        said[each.facts.name] = each
        yield each


def _stands_out(each: Suggestion) -> bool:
    """Whether it is sure enough of itself to be another role than the package around it."""
    certain = each.facts.word in CERTAIN_CORE
    drives = bool(each.facts.drives or each.facts.frameworks) and not each.unnamed
    return certain or drives or each.role is Role.RUNTIME


def _holds_core(each: Suggestion, others: Sequence[Suggestion]) -> bool:
    """Whether most of a would-be shell is core: a distribution may well be called `server`."""
    inner = [
        other.facts.modules
        for other in others
        if other.role is Role.CORE and other.facts.name.startswith(f"{each.facts.name}.")
    ]
    return each.role is Role.SHELL and sum(map(len, inner)) * 2 >= len(each.facts.modules)
