"""What is known of who drives: plain frozen data, free of any syntax node, picklable."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct, field
from msgspec.structs import replace

from isolint.model import FromZero  # noqa: TC001  # what is read from a cache is held against annotations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

LOCALS = "<locals>"
"""Follows the name of a function in the name of what is defined inside it, as in ``__qualname__``."""
LAMBDA = "<lambda>"
"""Stands for the name of a lambda that a function returns."""
CONSTRUCTORS = frozenset(
    {"__init__", "__new__", "__post_init__", "__attrs_post_init__", "model_post_init", "__attrs_init__"}
)
"""Methods that run where an object of their class is made."""
INSTANCE_CALLS = frozenset({"__call__", "__await__"})
"""Methods that run where an object of their class is called or awaited."""
ENTERED = frozenset({"__enter__", "__exit__"})
ENTERED_ASYNC = frozenset({"__aenter__", "__aexit__"})
"""Methods that run where a ``with`` statement enters and leaves an object of their class."""


@final
class Place(Struct, frozen=True, order=True, array_like=True):
    """A first-party definition: a dotted module and the qualified name in it."""

    module: str
    qualname: str

    def __str__(self) -> str:
        """Return the dotted name a person would write."""
        return f"{self.module}.{self.qualname.replace(f'.{LOCALS}', '')}"

    @property
    def name(self) -> str:
        """The last part of the name."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The name of the class around a method; empty for what stands at the top or in a function."""
        before = self.qualname.rpartition(".")[0]
        last = before.rpartition(".")[2]
        return "" if last == LOCALS else last

    @property
    def is_local(self) -> bool:
        """Whether it is defined inside a function."""
        return LOCALS in self.qualname.split(".")


@final
class Use(Struct, frozen=True, order=True, array_like=True):
    """A function uses something in ``line``: ``target``, or the foreign ``driver`` where that is not empty."""

    line: FromZero
    driver: str
    target: Place | None = None

    def rank(self) -> tuple[int, str, str]:
        """Return what uses are sorted by: a target may be missing, and is not compared as it is."""
        return self.line, self.driver, str(self.target)


@final
class FunctionSummary(Struct, frozen=True, array_like=True):
    """A function, method or variable that holds something callable, with what it uses."""

    qualname: str
    line: FromZero
    uses: tuple[Use, ...]


@final
class Summary(Struct, frozen=True):
    """What a module has to say about driving.

    ``allowed`` are the definitions with a comment that allows them to drive; ``sought``, what was
    looked for: the words that stand in the module, or the qualified names of its functions. ``consulted`` are
    the names that the world was asked about, modules and topics: the summary holds while the answers are the
    same.

    Of a module of the core, ``functions`` are the names it spells, each with what that may run.
    """

    module: str
    functions: tuple[FunctionSummary, ...]
    allowed: tuple[str, ...] = ()
    sought: frozenset[str] = frozenset()
    consulted: frozenset[str] = frozenset()

    def with_more(self, other: Summary) -> Summary:
        """Return what this and another summary of the module say."""
        merged = {function.qualname: function for function in self.functions}
        for function in other.functions:
            known = merged.get(function.qualname)
            uses = {*known.uses, *function.uses} if known is not None else function.uses
            merged[function.qualname] = replace(function, uses=tuple(sorted(uses, key=Use.rank)))
        functions = tuple(merged[name] for name in sorted(merged))
        return Summary(
            self.module,
            functions,
            other.allowed,
            self.sought | other.sought,
            self.consulted | other.consulted,
        )


@final
class Recalled(Struct, frozen=True):
    """What a search has found out, by modules; it holds where the foreign ``drivers`` go by the same names.

    There are none where the search began at the core.
    """

    drivers: tuple[str, ...] = ()
    summaries: Mapping[str, Summary] = field(default_factory=dict["str", "Summary"])

    def holding(self, changed: AbstractSet[str]) -> Recalled:
        """Return what still holds where what is known by these names, of modules and topics, has ``changed``."""
        return Recalled(
            self.drivers,
            {
                module: summary
                for module, summary in self.summaries.items()
                if module not in changed and changed.isdisjoint(summary.consulted)
            },
        )

    def with_more(self, other: Recalled) -> Recalled:
        """Return what this and a later search have found out, if they were for the same drivers."""
        if self.summaries and self.drivers != other.drivers:
            return self
        return Recalled(other.drivers, {**self.summaries, **other.summaries})


@final
class Looked(Struct, frozen=True):
    """A module under check: its text, which may differ from its file, and where its relative imports start."""

    module: str = ""
    package: str = ""
    text: str = ""


NOTHING = Looked()


@final
class Step(Struct, frozen=True):
    """One name in a chain, with where it stands: the first is defined there, the others are used there."""

    name: str
    module: str
    line: int


Chain: TypeAlias = "tuple[Step, ...]"
"""From a first-party function to the foreign driver it ends with."""


@final
class Words(Struct, frozen=True):
    """Identifiers of which one stands wherever something that drives is used.

    ``names`` stand for what is imported or assigned, ``members`` for attributes; those in ``givers``
    give, when called, something that drives when called.
    """

    names: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    givers: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """All of them."""
        return self.names | self.members | self.givers

    def only(self, some: frozenset[str]) -> Words:
        """Return those that are among ``some``."""
        return Words(self.names & some, self.members & some, self.givers & some)

    def __or__(self, other: Words) -> Words:
        """Return the words of both."""
        return Words(self.names | other.names, self.members | other.members, self.givers | other.givers)

    def __sub__(self, other: Words) -> Words:
        """Return the words that are not also among the ``other`` ones, of the same kind."""
        return Words(self.names - other.names, self.members - other.members, self.givers - other.givers)


@final
class DriveTable(Struct, frozen=True):
    """Everything outside the core that drives, with the shortest chain of each.

    ``words`` stand wherever that is used, and ``reaching`` are the modules from which one of ``chains`` can be
    reached by imports. Where only what the core uses has been looked for, ``of_core`` says so, and the
    words are those of the core.
    """

    chains: Mapping[Place, Chain] = field(default_factory=dict["Place", "Chain"])
    words: Words = field(default_factory=Words)
    reaching: frozenset[str] = frozenset()
    of_core: bool = False
