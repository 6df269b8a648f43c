"""The shortest way to the shell, and how little is read to find it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolint.model import Role
from isolint.semantics.ignored_imports import parse
from isolint.semantics.import_chains import ImportChains
from isolint.semantics.imports import Imported, imports
from isolint.semantics.watch import Watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class File:
    text: str
    place: str
    is_package: bool = False

    def read(self) -> bytes:
        return self.text.encode()


@dataclass
class Tree:
    """Modules by name: those that begin with ``s`` are shell, with ``c`` core, others have no role."""

    texts: Mapping[str, str]
    read: list[str] = field(default_factory=list[str])

    def role_of(self, module: str) -> Role | None:
        if module not in self.texts:
            return None
        return {"s": Role.SHELL, "c": Role.CORE}.get(module[0], Role.UNASSIGNED)

    def absolute(self, name: str, importer: str) -> str:  # noqa: ARG002  # one import root has all names
        return name

    def find(self, module: str) -> File | None:
        self.read.append(module)
        return File(self.texts[module], f"{module}.py") if module in self.texts else None

    def modules(self) -> Iterable[str]:
        return self.texts


def chains_in(tree: Tree, ignored: Iterable[str] = (), *, type_checking: bool = False) -> ImportChains:
    def imports_of(module: str) -> tuple[Imported, ...]:
        file = tree.find(module)
        assert file
        try:
            return imports(ast.parse(file.text), "", text=file.text)
        except SyntaxError:
            return ()

    return ImportChains(Watched(tree), imports_of, ignored, type_checking=type_checking)


def shown(texts: Mapping[str, str], *imported: str, ignored: Iterable[str] = ()) -> list[str]:
    chains = chains_in(Tree(texts), ignored).shortest("c", imported)
    return [" ".join([chain.start, *(link.imported for link in chain.links)]) for chain in chains]


@pytest.mark.parametrize(
    ("texts", "imported", "expected"),
    [
        ({"a": "import s", "s": ""}, "a", ["a s"]),
        ({"a": "import b", "b": "import d", "d": "import e", "e": "import s", "s": ""}, "a", ["a b d e s"]),
        ({"a": "import b", "b": "import a, s", "s": ""}, "a", ["a b s"]),
        ({"a": "import a", "s": ""}, "a", []),
        ({"a": "import b", "b": "import s", "s": ""}, "ab", ["b s"]),
        ({"b": "import s", "a": "import s", "s": ""}, "ba", ["a s"]),
        ({"a": "import s, s2", "b": "import s3", "s": "", "s2": "", "s3": ""}, "ab", ["a s", "a s2", "b s3"]),
        ({"a": "import s, s2", "s": "", "s2": ""}, ["a", "s"], ["a s2"]),
        ({"a": "import c2", "c2": "import s", "s": ""}, "a", []),
        ({"a": "import c", "c": "import a, s", "s": ""}, "a", []),
        ({"a": "import s", "s": "import s2", "s2": ""}, "a", ["a s"]),
        ({"a": "def f():\n    import s", "s": ""}, "a", ["a s"]),
        ({"a": "try:\n    import x\nexcept ImportError:\n    from s import y", "s": ""}, "a", ["a s"]),
        ({"a": "from s import *", "s": ""}, "a", ["a s"]),
        ({"a": "import importlib\nimportlib.import_module('s')", "s": ""}, "a", ["a s"]),
        ({"a": "text = 'import s'  # import s", "s": ""}, "a", []),
        ({"a": "import s; def", "s": ""}, "a", []),
        ({"a": "import typing as t\nif t.TYPE_CHECKING:\n    import s", "s": ""}, "a", []),
        ({"a": "if not TYPE_CHECKING:\n    import s", "s": ""}, "a", ["a s"]),
        ({"a": "if TYPE_CHECKING:\n    import x\nelse:\n    import s", "s": ""}, "a", ["a s"]),
        ({"a": "", "s": ""}, "a", []),
    ],
)
def test_chains(texts: dict[str, str], imported: Iterable[str], expected: list[str]) -> None:
    assert shown(texts, *imported) == expected


def test_a_link_says_where_it_stands() -> None:
    (chain,) = chains_in(Tree({"a": "\n\nimport s\nimport s", "s": ""})).shortest("c", ["a"])
    assert chain.links[0].place == "a.py:3"


def test_imports_for_type_checkers_count_when_told() -> None:
    chains = chains_in(Tree({"a": "if TYPE_CHECKING:\n    import s", "s": ""}), type_checking=True)
    assert len(chains.shortest("c", ["a"])) == 1


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [
        ("a -> s", []),
        ("a->s", []),
        ("* -> s", []),
        ("** -> **", []),
        ("c -> a", []),
        ("b -> s", ["a s"]),
        ("a.* -> s", ["a s"]),
        ("s -> a", ["a s"]),
    ],
)
def test_ignored_imports_do_not_count(ignored: str, expected: list[str]) -> None:
    assert shown({"a": "import s", "s": ""}, "a", ignored=[ignored]) == expected


@pytest.mark.parametrize(
    ("pattern", "module", "covered"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.b.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("a.**", "a.b", True),
        ("a.**", "a.b.c", True),
        ("a.**", "a", False),
        ("a.**.c", "a.b.b.c", True),
        ("a.**.c", "a.c", False),
        ("*.c", "a.c", True),
        ("**.c.**.c.**", "c.c.c.c.c.c", True),
    ],
)
def test_wildcards_are_those_of_import_linter(pattern: str, module: str, *, covered: bool) -> None:
    assert parse(f"{pattern} -> x").covers(module, "x") is covered
    assert parse(f"x -> {pattern}").covers("x", module) is covered


def test_a_pattern_of_many_wildcards_takes_no_time() -> None:
    assert not parse(f"{'**.' * 40}x -> y").covers(".".join(["a"] * 200), "y")


def test_only_unassigned_modules_on_the_way_are_read() -> None:
    tree = Tree(
        {"a": "import c2, s, b", "b": "", "c2": "import d", "s": "import d", "d": "", "far": "import s"}
    )
    chains_in(tree).shortest("c", ["a"])
    assert set(tree.read) == {"a", "b"}


NAMES = "abdefs"


@given(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))), st.sets(st.sampled_from("abdef")))
def test_no_chain_is_shorter_and_the_gate_knows(edges: set[tuple[str, str]], imported: set[str]) -> None:
    texts = {name: "\n".join(f"import {to}" for start, to in edges if start == name) for name in NAMES}
    paths = [
        path
        for length in range(1, 6)
        for path in permutations("abdef", length)
        if path[0] in imported and all(step in edges for step in zip(path, (*path[1:], "s"), strict=True))
    ]
    shortest = [" ".join((*min(paths, key=lambda path: (len(path), path)), "s"))] if paths else []
    assert shown(texts, *imported) == shortest
    chains = chains_in(Tree(texts))
    assert any(map(chains.may_lead_to_shell, sorted(imported))) is bool(paths)
