"""One module, bound and ready to be asked what its names mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from isolint.semantics.binder import bind
from isolint.semantics.inference import Inference
from isolint.semantics.scopes import ImportBinding, reaching

if TYPE_CHECKING:
    import libcst as cst

    from isolint.semantics.catalogue import Catalogue, Entry
    from isolint.semantics.facts import Fact, Reference
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding


@final
@dataclass(frozen=True, slots=True)
class ModuleSemantics:
    """The facts of a module and what lies behind them.

    ``name`` is the dotted name of the module, empty where it has none; ``is_package`` says that it is
    an ``__init__``.
    """

    name: str
    is_package: bool
    tree: cst.Module
    recorder: Recorder
    inference: Inference
    catalogue: Catalogue

    @property
    def facts(self) -> list[Fact]:
        """All facts in the order of the text."""
        return self.recorder.facts

    def bindings(self, name: cst.CSTNode) -> tuple[Binding, ...]:
        """Return what a name that is read may be bound by."""
        read = self.recorder.reads.get(name)
        return reaching(read) if read is not None else ()

    def entries(self, reference: Reference) -> list[Entry]:
        """Return the entries of the catalogue that a reference reaches, in a stable order."""
        found = (self.catalogue.get(external.name) for external in self.inference.externals(reference.node))
        return list(dict.fromkeys(entry for entry in found if entry is not None))

    def is_typing_only(self, reference: Reference) -> bool:
        """Whether the name exists for type checkers alone."""
        root = self.inference.root_of(reference.node)
        bindings = self.bindings(root)
        return bool(bindings) and all(isinstance(b, ImportBinding) and b.type_checking for b in bindings)


def analyse(tree: cst.Module, name: str, *, is_package: bool, catalogue: Catalogue) -> ModuleSemantics:
    """Bind ``tree`` and prepare its inference."""
    package = name if is_package else name.rpartition(".")[0]
    recorder = bind(tree, package)
    return ModuleSemantics(name, is_package, tree, recorder, Inference(recorder, catalogue), catalogue)
