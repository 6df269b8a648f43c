"""The content of a boundary map: packages, imports with their findings, and drives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isolint.config import Config
from isolint.model import Role
from isolint.project import ProjectError
from isolint.project.boundary import map_boundary
from isolint.project.collapsing import ENOUGH, collapsed
from isolint.report.boundary.model import Boundary, Step, codes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.conftest import Grow

TEXTS = {
    "app/domain/users.py": "import asyncio\nfrom app.infra import db\nasyncio.run(db)\n",
    "app/domain/orders.py": "from app import helpers\nfrom app.domain import users\n",
    "app/helpers.py": "import app.infra.mail\n",
    "app/infra/db.py": "from app.domain import orders, users\nimport app.infra.mail\n",
    "app/infra/mail.py": "import app.infra.db\n",
    "app/lonely/__init__.py": "",
    "tests/test_users.py": "import app.domain.users\n",
}


def drawn(grow: Grow, texts: dict[str, str] | None = None, **options: Any) -> Boundary:
    root = grow(texts=TEXTS if texts is None else texts)
    return map_boundary([root], configuration(root), **options).boundary


def configuration(root: Path) -> Config:
    return Config(root, core=("app.domain",), shell=("app.infra",))


def imports(boundary: Boundary) -> dict[tuple[str, str], tuple[int, str]]:
    names = [package.name for package in boundary.packages]
    return {
        (names[each.importer], names[each.imported]): (each.count, codes(each.findings))
        for each in boundary.imports
    }


def test_packages_of_one_depth(grow: Grow) -> None:
    boundary = drawn(grow, depth=2)
    assert [(each.name, each.role, each.modules, codes(each.findings)) for each in boundary.packages] == [
        ("app.domain", Role.CORE, 2, "ISO102, ISO110, ISO111"),
        ("app.helpers", Role.UNASSIGNED, 1, ""),
        ("app.lonely", Role.UNASSIGNED, 1, ""),
        ("app.infra", Role.SHELL, 2, ""),
        ("tests.test_users", Role.TESTS, 1, ""),
    ]
    assert imports(boundary) == {
        ("app.domain", "app.helpers"): (1, "ISO111"),
        ("app.domain", "app.infra"): (1, "ISO110"),
        ("app.helpers", "app.infra"): (1, "ISO111"),
        ("app.infra", "app.domain"): (2, ""),
        ("tests.test_users", "app.domain"): (1, ""),
    }


def test_a_drive_names_its_package_and_driver(grow: Grow) -> None:
    (drive,) = drawn(grow, depth=2).drives
    assert (drive.package, drive.driver, codes(drive.findings)) == (0, "asyncio.run", "ISO102")


def test_one_package_may_hold_several_roles(grow: Grow) -> None:
    boundary = drawn(grow, depth=1)
    assert [(each.name, each.role.value) for each in boundary.packages] == [
        ("app.domain", "core"),
        ("app", "unassigned"),
        ("app.infra", "shell"),
        ("tests.test_users", "tests"),
    ]


def test_a_focus_shows_connected_packages(grow: Grow) -> None:
    boundary = drawn(grow, focus="app.helpers")
    assert imports(boundary) == {
        ("app.domain.orders", "app.helpers"): (1, "ISO111"),
        ("app.helpers", "app.infra.mail"): (1, "ISO111"),
    }
    assert boundary.drives == ()


def test_a_focus_shows_the_whole_of_a_chain_that_begins_in_it(grow: Grow) -> None:
    shown = imports(drawn(grow, focus="app.domain"))
    assert shown["app.helpers", "app.infra.mail"] == (1, "ISO111")
    assert ("app.infra.mail", "app.infra.db") not in shown


def test_a_drive_through_others_is_drawn_with_its_chain(grow: Grow) -> None:
    helper = "import asyncio\n\ndef go(work):\n    asyncio.run(work)\n"
    core = "from app import helpers\n\ndef load(work):\n    helpers.go(work)\n"
    boundary = drawn(grow, {**TEXTS, "app/helpers.py": helper, "app/domain/orders.py": core}, depth=2)
    (found,) = [one for drives in boundary.drives for one in drives.findings if one.code == "ISO112"]
    assert found.chain == (
        Step("app.helpers.go", "app/helpers.py:3"),
        Step("asyncio.run", "app/helpers.py:4"),
    )


def test_a_file_that_cannot_be_parsed_is_said_to_be_missing(grow: Grow) -> None:
    root = grow(texts={**TEXTS, "app/domain/broken.py": "def"})
    mapped = map_boundary([root], configuration(root), depth=2)
    assert mapped.notes == ("1 of the files cannot be parsed: their imports are not in the picture",)
    assert "ISO900" in codes(mapped.boundary.packages[0].findings)


@pytest.mark.parametrize(
    ("focus", "message"),
    [("app.domian", r"no module is called `app\.domian` \(did you mean `app\.domain`\?\)")],
)
def test_a_focus_on_nothing_is_an_error(grow: Grow, focus: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        drawn(grow, focus=focus)


def many(*packages: tuple[str, int]) -> dict[str, Role]:
    return {f"{package}.m{n}": Role.UNASSIGNED for package, count in packages for n in range(count)}


def names(groups: Any) -> list[str]:
    return [name for name, _ in groups]


def test_a_large_tree_is_taken_apart_as_far_as_it_stays_readable() -> None:
    roles = many(("a.b.c", 200), ("a.b.d", 100), ("a.e", 5), ("f", 40))
    roles |= {"a": Role.UNASSIGNED, "a.b": Role.CORE, "tests.test_x": Role.TESTS, "tests.test_y": Role.TESTS}
    groups = collapsed(roles)
    assert names(groups) == ["a", "a.b", "a.b.c", "a.b.d", *[f"a.e.m{n}" for n in range(5)], "f", "tests"]
    assert sum(map(len, groups.values())) == len(roles)


def test_the_smallest_of_many_packages_are_drawn_as_one() -> None:
    groups = collapsed(many(*((f"a.p{n:02}", n) for n in range(1, 41))))
    drawn = {name: len(modules) for (name, _), modules in groups.items()}
    assert len(drawn) == ENOUGH
    assert drawn == {"a": sum(range(1, 14)), **{f"a.p{n}": n for n in range(14, 41)}}


def test_modules_are_grouped_by_the_package_that_was_given_the_role() -> None:
    roles = many(*((f"a.p{n:02}", 10) for n in range(40)))
    roles |= dict.fromkeys(many(("a.cli", 2), ("a._core.storage", 9), ("a.grpc", 3)), Role.SHELL)
    roles |= dict.fromkeys(many(("a._core.definitions", 90), ("a._core.events", 1)), Role.CORE)
    drawn = {
        name: len(modules) for (name, role), modules in collapsed(roles).items() if role.value != "unassigned"
    }
    assert drawn == {
        "a.cli": 2,
        "a._core.storage": 9,
        "a.grpc": 3,
        "a._core.definitions": 90,
        "a._core.events.m0": 1,
    }


def test_a_large_package_comes_before_a_small_one_that_could_be_taken_apart() -> None:
    roles = many(*((f"a.p{n:02}", 20) for n in range(60)))
    roles |= dict.fromkeys(many(("a.data", 22)), Role.CORE)
    drawn = collapsed(roles)
    assert len(drawn) == ENOUGH
    assert "a.data" in names(drawn)


def test_the_file_of_a_package_is_drawn_beside_its_only_other_module() -> None:
    roles = dict.fromkeys(["app", "app.zoo"], Role.UNASSIGNED) | {"app.core": Role.CORE}
    assert {name: modules for (name, _), modules in collapsed(roles).items()} == {
        "app": ["app"],
        "app.core": ["app.core"],
        "app.zoo": ["app.zoo"],
    }


MODULES = st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(".".join)


@given(st.dictionaries(MODULES, st.sampled_from(Role)), st.none() | st.integers(1, 4), st.just("") | MODULES)
@example(
    # Where there is room for one group more, the file of a package was drawn by itself, and the rest of the package got
    # the same name.
    dict.fromkeys(["a.a", "a.a.a", "a.a.b.a.a"], Role.UNASSIGNED)
    | dict.fromkeys((f"b.m{n}" for n in range(26)), Role.CORE),
    None,
    "",
)
def test_every_module_is_drawn_once(roles: dict[str, Role], depth: int | None, focus: str) -> None:
    groups = collapsed(roles, depth, focus)
    assert sorted(module for modules in groups.values() for module in modules) == sorted(roles)
    assert all(groups.values())
    assert all(roles[module] is role for (_, role), modules in groups.items() for module in modules)


def test_a_small_tree_is_shown_module_by_module() -> None:
    assert names(collapsed(many(("a.b", 4), ("c", 3)))) == [
        *[f"a.b.m{n}" for n in range(4)],
        "c.m0",
        "c.m1",
        "c.m2",
    ]


@pytest.mark.parametrize("count", [1, 27, 28, 29, 1000])
def test_the_number_of_boxes_is_bounded(count: int) -> None:
    assert len(collapsed(many(("a.b", count), ("a.c", count)))) <= ENOUGH


def test_depth_counts_from_the_focus() -> None:
    roles = many(("a.b.c", 3), ("a.d", 2))
    assert names(collapsed(roles, 1, "a.b")) == ["a.b.c", "a.d"]
    assert names(collapsed(roles, 2, "a.b")) == ["a.b.c.m0", "a.b.c.m1", "a.b.c.m2", "a.d"]
