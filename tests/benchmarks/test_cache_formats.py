"""The cache formats under comparison: all store the same content, so their times are comparable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.cache_formats import FORMATS, Format, grown, row

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = {"a.py": [1, "é", None], "b.py": [[2.5, {"x": "\u2028"}], True]}
BY_FORMAT = pytest.mark.parametrize("kept", FORMATS, ids=lambda kept: kept.name)


@BY_FORMAT
def test_stored_records_are_loaded(kept: Format, tmp_path: Path) -> None:
    path = tmp_path / "cache"
    kept.store(path, RECORDS)
    assert kept.load(path) == RECORDS
    changed = {**RECORDS, "a.py": ["changed"]}
    kept.put(path, changed, "a.py")
    assert kept.load(path) == changed
    kept.store(path, RECORDS)
    assert kept.load(path) == RECORDS
    assert [file.name for file in tmp_path.iterdir()] == ["cache"]


@pytest.mark.parametrize(
    "kept", [kept for kept in FORMATS if kept.name != "sqlite3"], ids=lambda kept: kept.name
)
def test_damage_is_noticed(kept: Format, tmp_path: Path) -> None:
    path = tmp_path / "cache"
    kept.store(path, RECORDS)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="damaged"):
        kept.load(path)


@BY_FORMAT
def test_a_row_tells_times_and_size(kept: Format) -> None:
    name, safe, *numbers = row(kept, RECORDS, 1).strip("| ").split(" | ")
    assert (name, safe) == (kept.name, "yes" if kept.safe else "no")
    assert all(float(number) >= 0 for number in numbers)


def test_grown_records_are_those_of_other_files() -> None:
    every = grown(RECORDS, 3)
    assert sorted(every) == ["a.py", "a.py-1", "a.py-2", "b.py", "b.py-1", "b.py-2"]
    assert every["a.py-2"] == every["a.py"]
    assert every["a.py-2"] is not every["a.py"]
