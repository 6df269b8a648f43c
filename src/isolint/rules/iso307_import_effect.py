"""ISO307: the world touched while a module of the core is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.effects import is_client, touch
from isolint.plans.calls import plan_call
from isolint.rule import CORE, Example, Rule
from isolint.rules import touching
from isolint.semantic_index.facts import CallSite, Reference
from isolint.semantic_index.scopes import ParamBinding, ValueBinding
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from isolint.program.view import ModuleView
    from isolint.rule import Context, Finding

_FOR_STRICT_ONLY = frozenset(
    (
        "reads the clock",
        "uses randomness",
        "reads the environment",
        "changes the environment",
        "uses the environment",
        "writes to the log",
        "starts a thread",
    )
)
"""Effects that many modules have at import and that break no start: reported with `strict` alone."""
_LOOKS_ONLY = (
    frozenset(f"pathlib.Path.{name}" for name in ("resolve", "exists", "is_file", "is_dir", "stat"))
    | frozenset(
        f"os.path.{name}" for name in ("exists", "isfile", "isdir", "realpath", "getsize", "getmtime")
    )
    | {"tempfile.gettempdir"}
)
"""Calls about a path of the module's own neighbourhood, as `Path(__file__).resolve()`."""


def _check(fact: CallSite | Reference, context: Context) -> Iterator[Finding]:
    if fact.guarded or not fact.scope.runs_at_import() or _is_program(context.module):
        return
    touched = touch(fact.node, context.module)
    if touched is None or is_client(touched, context.module):
        return  # a client is reported as one
    if touched.node in context.once(_in_arguments_of_plans, context.module):
        return  # ISO302 speaks of it
    if isinstance(fact, Reference) and touched.node in context.once(_named_alone, context.module):
        return  # the mapping gets another name: nothing is read yet
    lenient = touched.what in _FOR_STRICT_ONLY or touched.name in _LOOKS_ONLY
    if lenient and not context.options.strict_effects:
        return
    why = "while the module is imported: every import waits for it, and fails if it fails"
    way_out = "do it in a function that the shell calls, or take the result as a parameter"
    yield touching.finding(touched, context, why, way_out)


def _is_program(module: ModuleView) -> bool:
    """Whether a module is run by ``python -m`` and not imported: ``app/__main__.py``."""
    return module.name.rpartition(".")[2] == "__main__"


def _named_alone(module: ModuleView) -> set[ast.AST]:
    """Return the values of assignments and the defaults of parameters."""
    scopes = (module.index.root, *module.index.inner.values())
    bindings = [binding for scope in scopes for binding in scope.log]
    values = (one.value for one in bindings if isinstance(one, ValueBinding) and not one.path)
    defaults = (one.default for one in bindings if isinstance(one, ParamBinding))
    return {one for one in (*values, *defaults) if one is not None}


def _in_arguments_of_plans(module: ModuleView) -> set[ast.AST]:
    """Return all that stands in the arguments of constructors of plans."""
    inside: set[ast.AST] = set()
    for fact in module.facts((CallSite,)):
        call = plan_call(fact.node, module) if isinstance(fact, CallSite) else None
        if call is not None and call.node not in inside:
            inside.update(part for argument in call.node.args for part in descend(argument))
    return inside


RULE = Rule(
    code="ISO307",
    name="import-effect",
    summary="A module of the core touches the world when it is imported",
    rationale=(
        "Code at the top of a module, in a class body, a decorator or a default value runs when the module is first "
        "imported: by a test, a type checker's plugin, a worker that never uses it. A file read there is read where it "
        "may not exist, a request sent there makes a start depend on another server, a process started there is "
        "started twice. Reading the clock, the environment or chance there, and setting up the log, is reported with "
        "`strict = true`; running a loop and making a client have rules of their own."
    ),
    roles=CORE,
    looks_at=(CallSite, Reference),
    check=_check,
    bad=(
        Example(
            "a table read by its importers",
            """\
from pathlib import Path

RATES = Path("rates.csv").read_text()


def rate(currency: str) -> str:
    return RATES.partition(currency)[2]
""",
        ),
        Example(
            "a process started by a default value",
            """\
import subprocess


def describe(version: str = subprocess.check_output(["git", "describe"], text=True)) -> str:
    return f"version {version}"
""",
        ),
    ),
    good=(
        Example(
            "the content, as a parameter",
            """\
def rate(currency: str, rates: str) -> str:
    return rates.partition(currency)[2]
""",
        ),
    ),
)
