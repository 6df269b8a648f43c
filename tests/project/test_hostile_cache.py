"""A cache may come with a repository: whatever it says, under its right digest, a run neither fails nor believes it."""

from __future__ import annotations

import json
import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint.model import Checked, Role, Unparsable
from isolint.project.cache.glimpses import decoded_glimpse
from isolint.project.cache.records import decoded
from isolint.project.cache.shape import UNREADABLE
from isolint.project.cache.snapshot import Snapshot
from isolint.project.cache.store import FOLDER
from tests.project.test_cache import COMPAT, CORE, DRIVING, TEXTS, assert_warm_is_cold, cached, signed, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.project.conftest import Grow

Place: TypeAlias = "tuple[str | int, ...]"
"""Keys and indices that lead to a value."""

HUGE = 10**40
MANY = {
    **TEXTS,
    "src/app/rejected.py": "x = '\\xZZ'\n",
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
    """Return what a value may be exchanged for without another shape: another text is another claim, not a defect."""
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
    """Return a project and what a run over it wrote into its cache, by the names of the files."""
    root = tmp_path_factory.mktemp("project")
    for name, text in MANY.items():
        write(root, name, text)
    cached(root)
    bodies = {path.name: path.read_text().partition("\n")[2] for path in (root / FOLDER).glob("*.json")}
    return root, bodies


def spoil(root: Path, bodies: dict[str, str], name: str, value: Any) -> None:
    """Write the cache as it was, with another value in one file."""
    for path, body in {**bodies, name: json.dumps(value)}.items():
        (root / FOLDER / path).write_bytes(signed(body.encode()))


def test_the_cache_has_all_that_can_be_spoilt(kept: tuple[Path, dict[str, str]]) -> None:
    run = cached(kept[0])
    assert any(isinstance(outcome, Unparsable) for outcome in run.outcomes)
    assert any(isinstance(outcome, Checked) and outcome.rejected for outcome in run.outcomes)
    findings = [found for one in run.outcomes if isinstance(one, Checked) for found in one.diagnostics]
    assert any(found.fix for found in findings)
    assert any(not found.fix for found in findings)


def is_fix_or_rejection(record: Any) -> bool:
    """Whether nothing may stand in its place too: then there is no fix, or the file was not rejected."""
    match record:
        case [str(), "safe" | "unsafe", list(), str()] | [int(), str()]:
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
    if kind(current) == kind(wrong) or (wrong is None and is_fix_or_rejection(current)):
        return
    write(root, "src/app/domain/plain.py", TEXTS["src/app/domain/plain.py"])
    spoil(root, bodies, name, exchanged(bodies[name], place, wrong))
    if change:
        write(root, "src/app/domain/plain.py", "y = 1\n")
    assert_warm_is_cold(root)
    assert_warm_is_cold(root)


FINDING = ["ISO102", "drives", "runs", [5, 1, 5, 9], "asyncio.run", "", "", "asyncio.run(x)", 5, None]
FIX = ["await it", "safe", [[[5, 1, 5, 1], "await "]], ""]
OUTCOME = [[FINDING, [*FINDING[:-1], FIX]], 1, True, [7, "invalid syntax"]]
GLIMPSE = [
    ["run"],
    ["close"],
    ["ISO102"],
    {"a": ["b.c"]},
    ["e"],
    [["b.c", 1, False], ["e", 2, True]],
    {"f": ["a", "g()"]},
]
SNAPSHOT = [12, {"a.py": [5, 7, "abc"]}, {"a": ["a.py", "core"]}, "elsewhere"]
READERS: dict[str, tuple[list[Any], Callable[[list[Any]], object]]] = {
    "outcome": (OUTCOME, lambda record: decoded(record, PurePath("a.py"), Role.CORE)),
    "unparsable": ([FINDING], lambda record: decoded(record, PurePath("a.py"), Role.CORE)),
    "glimpse": (GLIMPSE, decoded_glimpse),
    "snapshot": (SNAPSHOT, Snapshot.decoded),
}
UNBOUNDED = {"snapshot"}
"""Times and sizes are only compared with those of files."""


def is_read(read: Callable[[list[Any]], object], record: list[Any]) -> bool:
    try:
        read(record)
    except UNREADABLE:
        return False
    return True


@pytest.mark.parametrize("reader", READERS)
def test_every_field_is_looked_at(reader: str) -> None:
    record, read = READERS[reader]
    read(record)
    for place in places(record):
        for wrong in WRONG:
            same = {kind(at(record, place)), *(["huge"] if reader in UNBOUNDED and place != () else [])}
            is_fix = at(record, place) in (FIX, None)
            if kind(wrong) in same or (is_fix and wrong is None):
                continue
            assert not is_read(read, exchanged(json.dumps(record), place, wrong)), (place, wrong)


@pytest.mark.parametrize("wrong", [-1, HUGE, 2**31, True, 1.0, "1", None])
@pytest.mark.parametrize("place", [(0, 0, 3, 0), (0, 0, 3, 3), (0, 0, 8), (0, 1, 9, 2, 0, 0, 1), (1,)])
def test_numbers_have_bounds(place: Place, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"fields|number"):
        decoded(exchanged(json.dumps(OUTCOME), place, wrong), PurePath("a.py"), Role.CORE)


@pytest.mark.parametrize("depth", [50, 400, 5_000, 200_000])
@pytest.mark.parametrize("which", ["outcomes", "details"])
def test_deep_nesting(kept: tuple[Path, dict[str, str]], which: str, depth: int) -> None:
    """Also in the record of a file that is not asked for now, which a run would write down again."""
    root, bodies = kept
    (name,) = (name for name in bodies if which in name)
    deep, path = "[" * depth + "]" * depth, json.dumps(str(root / CORE))
    value = json.loads(bodies[name])
    records = value[1] if which == "outcomes" else value["asked"]
    own, text = json.dumps(records[str(root / CORE)]), json.dumps(value)
    assert f"{path}: {own}" in text
    spoilt = own.replace(json.dumps(records[str(root / CORE)][-1]), deep)
    (root / FOLDER / name).write_bytes(signed(text.replace(f"{path}: {own}", f"{path}: {spoilt}").encode()))
    write(root, "src/app/domain/plain.py", f"y = {depth}\n")
    assert_warm_is_cold(root, "src/app/domain/plain.py")
    assert_warm_is_cold(root)


def test_a_clock_that_was_put_back(grow: Grow) -> None:
    """What was looked at in the future says nothing about when a file was written."""
    root = grow(texts=MANY)
    cached(root)
    (outcomes,) = (root / FOLDER).glob("*-outcomes.json")
    value = json.loads(outcomes.read_text().partition("\n")[2])
    value[0][0] = HUGE
    outcomes.write_bytes(signed(json.dumps(value).encode()))
    plain = root / "src/app/domain/plain.py"
    about = plain.stat()
    text = "import asyncio; asyncio.run(x)"
    plain.write_text(text.ljust(about.st_size)[: about.st_size])
    os.utime(plain, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert_warm_is_cold(root)
