"""A cache may come with a repository: a run neither trusts it nor fails on it, even under the right seal."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from isolint.model import Checked, Unparsable
from isolint.project import check_paths
from isolint.project.cache.links import Links
from isolint.project.cache.outcomes import Outcomes
from isolint.project.cache.store import FOLDER, KEY, Store
from tests.project.test_cache import COMPAT, CORE, DRIVING, TEXTS, assert_warm_is_cold, cached, forge, write
from tests.project.test_run import config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from isolint.project import Run
    from tests.project.conftest import Grow

Place: TypeAlias = "tuple[str | int, ...]"
"""Keys and indices that lead to a value."""

HUGE = 10**40
MANY = {
    **TEXTS,
    COMPAT: DRIVING,
    "src/app/domain/idle.py": "x = 1  # isolint: ignore[ISO102] -- nothing here\n",
}
WRONG: list[Any] = [
    None,
    True,
    1.5,
    "",
    "x",
    -1,
    HUGE,
    [],
    [[]],
    ["x"],
    {},
    {"x": 1},
    float("nan"),
    [[[["x"] * 9]]],
]


INSIDE: dict[type, Callable[[Any], Iterable[tuple[str | int, Any]]]] = {
    dict: lambda value: value.items(),
    list: enumerate,
}


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the places of all values in ``value``, itself included."""
    yield place
    for key, one in INSIDE.get(value.__class__, lambda _: ())(value):
        yield from places(one, (*place, key))


def at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def kind(value: Any) -> str:
    """Return the kind of a value: a value of the same kind keeps the record valid."""
    if type(value) is int:
        return "int" if abs(value) < HUGE else "huge"
    return type(value).__name__


def exchanged(body: str, place: Place, wrong: Any) -> Any:
    """Return the value in ``body`` with another value at ``place``."""
    value = json.loads(body)
    if not place:
        return wrong
    at(value, place[:-1])[place[-1]] = wrong
    return value


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a project and the files in its cache after a run, by their names."""
    root = tmp_path_factory.mktemp("project")
    for name, text in MANY.items():
        write(root, name, text)
    cached(root)
    bodies = {path.name: path.read_text().partition("\n")[2] for path in (root / FOLDER).glob("*.json")}
    return root, bodies


def spoil(root: Path, bodies: dict[str, str], name: str, value: Any) -> None:
    """Write the cache as it was, with another value in one file."""
    for path, body in {**bodies, name: json.dumps(value)}.items():
        forge(root / FOLDER / path, body.encode())


def test_the_cache_has_all_that_can_be_spoilt(kept: tuple[Path, dict[str, str]]) -> None:
    run = cached(kept[0])
    assert any(isinstance(outcome, Unparsable) for outcome in run.outcomes)
    findings = [found for one in run.outcomes if isinstance(one, Checked) for found in one.diagnostics]
    assert any(found.fix for found in findings)
    assert any(not found.fix for found in findings)


def may_be_none(record: Any) -> bool:
    """Whether None may replace the record: a fix and a target are optional."""
    match record:
        case {"safety": _} | [str(), str()]:
            return True
        case _:
            return False


@given(data=st.data(), wrong=st.sampled_from(WRONG), change=st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wrong_types_anywhere(
    kept: tuple[Path, dict[str, str]], data: st.DataObject, wrong: Any, *, change: bool
) -> None:
    root, bodies = kept
    name = data.draw(st.sampled_from(sorted(bodies)))
    place = data.draw(st.sampled_from([*places(json.loads(bodies[name]))]))
    current = at(json.loads(bodies[name]), place)
    if kind(current) == kind(wrong) or (wrong is None and may_be_none(current)):
        return
    write(root, "src/app/domain/plain.py", TEXTS["src/app/domain/plain.py"])
    spoil(root, bodies, name, exchanged(bodies[name], place, wrong))
    if change:
        write(root, "src/app/domain/plain.py", "y = 1\n")
    assert_warm_is_cold(root)
    assert_warm_is_cold(root)


FIX = {"message": "await it", "safety": "safe", "edits": [{"span": [5, 1, 5, 1], "content": "await "}]}
FINDING = {
    "path": "",
    "code": "ISO102",
    "name": "drives",
    "message": "runs",
    "span": [5, 1, 5, 9],
    "role": "core",
    "resolved": "asyncio.run",
    "noqa_line": 5,
    "fix": FIX,
}
KEPT = {
    "module": "a",
    "role": "core",
    "digest": "abc",
    "findings": [FINDING],
    "suppressed": 1,
}
OUTCOMES = {
    "snapshot": {
        "taken": 12,
        "files": {"a.py": [5, 6, 7, 8, "abc"]},
        "modules": {"a": ["a.py", "core"]},
        "elsewhere": "elsewhere",
    },
    "linked": 12,
    "kept": {"a.py": KEPT},
}
LINKS = [12, ["app", "app.a"], [[1], []]]
KINDS: dict[str, tuple[Any, type[Any]]] = {"outcomes": (OUTCOMES, Outcomes), "links": (LINKS, Links)}


def is_read(root: Path, value: Any, kind: type[Any]) -> bool:
    store = Store(root)
    store.write("x.json", None)
    forge(root / "x.json", json.dumps(value).encode())
    found = store.read("x.json", kind)
    return found is not None and (not isinstance(found, Links) or found.is_sound())


@pytest.mark.parametrize("which", KINDS)
def test_every_field_is_validated(tmp_path: Path, which: str) -> None:
    record, of_kind = KINDS[which]
    assert is_read(tmp_path, record, of_kind)
    for place in places(record):
        for wrong in WRONG:
            current = at(record, place)
            unbounded = place[:1] in {("snapshot",), ("linked",), (0,)}  # times and sizes are only compared
            same = {kind(current), *(["huge"] if unbounded else [])}
            if kind(wrong) in same or (wrong is None and may_be_none(current)):
                continue
            assert not is_read(tmp_path, exchanged(json.dumps(record), place, wrong), of_kind), (place, wrong)


FOUND = ("kept", "a.py", "findings", 0)


@pytest.mark.parametrize("wrong", [-1, HUGE, 2**31, True, 1.5, "1", None])
@pytest.mark.parametrize(
    "place",
    [
        (*FOUND, "span", 0),
        (*FOUND, "span", 3),
        (*FOUND, "noqa_line"),
        (*FOUND, "fix", "edits", 0, "span", 1),
        ("kept", "a.py", "suppressed"),
    ],
)
def test_numbers_have_bounds(tmp_path: Path, place: Place, wrong: Any) -> None:
    assert not is_read(tmp_path, exchanged(json.dumps(OUTCOMES), place, wrong), Outcomes)


@pytest.mark.parametrize(
    ("place", "wrong"),
    [((2, 0, 0), 2), ((2, 0, 0), -1), ((2,), [[0], [0], [0]]), ((1,), [""]), ((0,), 10**9)],
)
def test_links_speak_of_what_they_have(tmp_path: Path, place: Place, wrong: Any) -> None:
    assert is_read(tmp_path, exchanged(json.dumps(LINKS), place, wrong), Links) is (place == (0,))


@pytest.mark.parametrize("depth", [50, 400, 5_000, 200_000])
@pytest.mark.parametrize("which", ["outcomes", "links"])
def test_deep_nesting(kept: tuple[Path, dict[str, str]], which: str, depth: int) -> None:
    """The nesting may be in the record of a file outside this run, which the run writes back."""
    root, bodies = kept
    (name,) = (name for name in bodies if which in name)
    deep = "[" * depth + "]" * depth
    text = bodies[name]
    if which == "outcomes":
        own = json.dumps(json.loads(text)["kept"][str(root / CORE)]["findings"], separators=(",", ":"))
    else:
        own = json.dumps(json.loads(text)[2][0], separators=(",", ":"))
    assert own in text
    forge(root / FOLDER / name, text.replace(own, deep, 1).encode())
    write(root, "src/app/domain/plain.py", f"y = {depth}\n")
    assert_warm_is_cold(root, "src/app/domain/plain.py")
    assert_warm_is_cold(root)


def test_a_clock_that_was_put_back(grow: Grow) -> None:
    """A snapshot from the future is no evidence that a file is unchanged."""
    root = grow(texts=MANY)
    cached(root)
    (outcomes,) = (root / FOLDER).glob("*-outcomes.json")
    value = json.loads(outcomes.read_text().partition("\n")[2])
    value["snapshot"]["taken"] = 10**18 * 9
    forge(outcomes, json.dumps(value).encode())
    plain = root / "src/app/domain/plain.py"
    about = plain.stat()
    text = "import asyncio; asyncio.run(x)"
    plain.write_text(text.ljust(about.st_size)[: about.st_size])
    os.utime(plain, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert_warm_is_cold(root)


def clean(bodies: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a cache in which no file has findings."""
    for name, body in bodies.items():
        if name.endswith("-outcomes.json"):
            value = json.loads(body)
            for kept in value["kept"].values():
                kept["findings"], kept["unparsable"] = [], False
            yield name, json.dumps(value).encode()
        else:
            yield name, body


def commit(root: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a cache that hides all findings, sealed with ``key``, and copy it into the project as a checkout would."""
    cached(root)
    made = root / "made"
    (root / FOLDER).rename(made)
    with monkeypatch.context() as there:
        there.setenv(KEY, key)
        bodies = {path.name: path.read_bytes().partition(b"\n")[2] for path in made.glob("*-*")}
        for name, body in clean(bodies):
            forge(made / name, body)
    shutil.copytree(made, root / FOLDER)
    shutil.rmtree(made)
    return cached(root)


@pytest.mark.parametrize("theirs", ["", "guessed"])
@pytest.mark.parametrize("own", ["", "secret"])
def test_a_cache_that_hides_findings(
    grow: Grow, monkeypatch: pytest.MonkeyPatch, theirs: str, own: str
) -> None:
    root = grow(texts=MANY)
    expected = check_paths([root], config(root))
    monkeypatch.setenv(KEY, own)
    run = commit(root, theirs, monkeypatch)
    assert run == expected
    assert run.effort.recalled == 0
    assert assert_warm_is_cold(root).effort.checked == 0  # its own cache is trusted


def test_a_cache_that_hides_findings_would_hide_them(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealed with the machine's own key, as proof that the tests above can fail."""
    root = grow(texts=MANY)
    monkeypatch.setenv(KEY, "secret")
    run = commit(root, "secret", monkeypatch)
    assert run.effort.checked == 0
    assert all(isinstance(one, Checked) and not one.diagnostics for one in run.outcomes)


@pytest.mark.parametrize("key", ["", "secret", "\udcff", "long " * 99])
def test_a_cache_from_another_machine(grow: Grow, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """The cache is trusted where both machines have the key."""
    root = grow(texts=MANY)
    monkeypatch.setenv(KEY, key)
    cached(root)
    (root / FOLDER).rename(root / "restored")
    shutil.copytree(root / "restored", root / FOLDER)
    assert assert_warm_is_cold(root).effort.recalled == (len(MANY) if key else 0)
    monkeypatch.setenv(KEY, f"not {key}")
    assert assert_warm_is_cold(root).effort.recalled == 0


@pytest.mark.parametrize("suffix", ["-outcomes.json", "-links.json", "-modules.msgpack"])
def test_a_file_of_another_configuration(grow: Grow, suffix: str) -> None:
    """The file has a valid seal and belongs to another configuration."""
    root = grow(texts=MANY)
    cached(root, ignore=("ISO102",))
    lenient = min((root / FOLDER).glob(f"*{suffix}"))
    other = lenient.with_name(f"0{lenient.name[1:]}" if lenient.name[0] != "0" else f"1{lenient.name[1:]}")
    lenient.rename(other)
    store = Store(root / FOLDER)
    assert store.read(other.name, Raw) is None
    other.rename(lenient)
    assert store.read(lenient.name, Raw) is not None
