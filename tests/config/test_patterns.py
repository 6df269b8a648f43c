from __future__ import annotations

import time
from pathlib import PurePosixPath

import pytest

from isolint.config.patterns import Form, Reach, parse, pinned


def reach(pattern: str, module: str, path: str | None) -> Reach | None:
    return parse(pattern).reach([module], PurePosixPath(path) if path else None)


@pytest.mark.parametrize(
    ("pattern", "module"),
    [
        ("app", "app"),
        ("app", "app.domain.x"),
        ("app.domain", "app.domain"),
        ("app.*.usecases", "app.orders.usecases"),
        ("app.*.usecases", "app.orders.usecases.place"),
        ("**.domain", "domain"),
        ("**.domain", "a.b.domain.c"),
        ("app.**.core", "app.core"),
        ("app.**.core", "app.a.b.core.x"),
        ("app.**", "app"),
        ("**", "anything.at.all"),
        ("*", "anything.at.all"),
        ("app.*_core", "app.orders_core"),
    ],
)
def test_dotted_pattern_fits(pattern: str, module: str) -> None:
    assert reach(pattern, module, None) is not None


@pytest.mark.parametrize(
    ("pattern", "module"),
    [
        ("app", "application"),
        ("app", "my.app"),
        ("app.domain", "app"),
        ("app.*.usecases", "app.usecases"),
        ("app.*.usecases", "app.a.b.usecases"),
        ("**.domain", "app.domains"),
        ("app.**.core", "app.cores"),
        ("App", "app"),
    ],
)
def test_dotted_pattern_does_not_fit(pattern: str, module: str) -> None:
    assert reach(pattern, module, None) is None


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("src/legacy/core/**", "src/legacy/core/a.py"),
        ("src/legacy/core/**", "src/legacy/core/a/b/c.py"),
        ("src/legacy/core", "src/legacy/core/a.py"),
        ("src/legacy/", "src/legacy/core/a.py"),
        ("./src/**", "src/a.py"),
        ("src/*/core.py", "src/a/core.py"),
        ("**/core/**", "core/a.py"),
        ("**/core/*.py", "a/b/core/c.py"),
        ("src/[ab]/**", "src/b/x.py"),
        ("tests/**", "tests/unit/x.py"),
        ("my-service/domain/**", "my-service/domain/x.py"),
        ("test_*.py", "src/app/test_x.py"),
        ("conftest.py", "src/conftest.py"),
        ("*.pyi", "a/b.pyi"),
    ],
)
def test_path_glob_fits(pattern: str, path: str) -> None:
    assert reach(pattern, "m", path) is not None


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("src/legacy/core/**", "legacy/core/a.py"),
        ("src/legacy/core/**", "src/legacy/core.py"),
        ("src/*/core.py", "src/core.py"),
        ("src/*/core.py", "src/a/b/core.py"),
        ("tests/**", "src/tests/x.py"),
        ("tests/**", "/elsewhere/tests/x.py"),
        ("test_*.py", "src/test_x/y.py"),
        ("conftest.py", "src/my_conftest.py"),
        ("src/**", None),
        ("test_*.py", None),
    ],
)
def test_path_glob_does_not_fit(pattern: str, path: str | None) -> None:
    assert reach(pattern, "m", path) is None


@pytest.mark.parametrize(
    ("wider", "narrower"),
    [
        ("app", "app.domain"),
        ("app.**", "app.domain"),
        ("app.*", "app.domain"),
        ("app.domain", "app.*.orders"),
        ("app.*.orders", "app.domain.orders"),
        ("app", "**.orders"),
        ("src/app", "app.domain"),
        ("app", "src/app/domain/**"),
        ("app.domain", "src/app/domain/orders.py"),
        ("app.domain", "orders.py"),
        ("src/*/domain/orders.py", "app.domain.orders"),
    ],
)
def test_the_longer_match_is_the_narrower(wider: str, narrower: str) -> None:
    where = "app.domain.orders", "src/app/domain/orders.py"
    wide, narrow = reach(wider, *where), reach(narrower, *where)
    assert wide is not None
    assert narrow is not None
    assert wide < narrow


@pytest.mark.parametrize(
    ("one", "other"),
    [("app.domain", "src/app/domain/**"), ("app.*.orders", "app.domain.*"), ("app", "app.**")],
)
def test_equal_matches(one: str, other: str) -> None:
    where = "app.domain.orders", "src/app/domain/orders.py"
    assert reach(one, *where) == reach(other, *where) is not None


@pytest.mark.parametrize("path", ["src/app/domain/__init__.py", "src/app/domain.py", "src/app/domain"])
def test_a_package_and_its_path_are_equal(path: str) -> None:
    assert reach("src/app", "app.domain", path) == reach("app", "app.domain", path)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("app", Form.DOTTED),
        ("app.py", Form.FILE_NAME),
        ("conftest", Form.DOTTED),
        ("*_test.py", Form.FILE_NAME),
        ("app/x.py", Form.PATH),
        ("app/", Form.PATH),
    ],
)
def test_form(text: str, form: Form) -> None:
    assert parse(text).form is form


@pytest.mark.parametrize(("text", "plain"), [("a.b", True), ("a.*", False), ("a/b", False), ("b.py", False)])
def test_names_one_module(text: str, plain: bool) -> None:  # noqa: FBT001
    assert parse(text).names_one_module is plain


def test_time_does_not_explode() -> None:
    started = time.perf_counter()
    assert pinned(("**", "a") * 200 + ("b",), ("a",) * 400) is None
    assert pinned(("*a" * 40 + "b",), ("a" * 250,)) is None
    assert time.perf_counter() - started < 2
