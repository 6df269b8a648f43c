"""The retrieval pipeline: text files, a hashing embedder and an SQLite index for real, waiting in virtual time."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rag
from asyncplan import Err, ErrInfo, Ok, Result, TimeoutPolicy, async_timeout
from asyncplan.stream import collect
from asyncplan.testing import assert_pure_construction, assert_replayable, run_virtual
from rag.domain.chunks import Chunk, EmbeddedChunk, RawDocument, Settings
from rag.domain.plans import embedded_chunks, find_passages, index_documents
from rag.domain.text import clean, cut, meaning, nearest
from rag.infra.hashing_embedder import HashingEmbedder
from rag.infra.sqlite_index import SqliteIndex
from rag.infra.text_folder import TextFolder
from rag.shell.main import main

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rag.domain.chunks import Vector

ROOT = Path(rag.__file__).parents[1]
EMBEDDER = HashingEmbedder()
SMALL = Settings(words=12, overlap=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "documents", tmp_path / "documents"))


@pytest.fixture
def index(tmp_path: Path) -> SqliteIndex:
    return SqliteIndex(tmp_path / "index.db")


def loaded(index: SqliteIndex, model: str = EMBEDDER.model) -> list[EmbeddedChunk]:
    match asyncio.run(index.load(model)):
        case Ok(chunks):
            return chunks
        case Err(error):
            pytest.fail(str(error))


def failure(outcome: Result[object, ErrInfo]) -> tuple[str, str]:
    assert isinstance(outcome, Err), outcome
    return outcome.error.stage, outcome.error.code


class Unsteady:
    """An embedder that answers as `EMBEDDER` does, later chunks sooner, and records its calls."""

    model = EMBEDDER.model

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.calls = 0
        self.times: list[float] = []

    async def embed(self, text: str) -> Result[Vector, ErrInfo]:
        self.times.append(asyncio.get_running_loop().time())
        self.calls += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(max(1, 20 - self.calls))
        self.under_way -= 1
        return await EMBEDDER.embed(text)


@pytest.mark.parametrize("concurrency", [1, 2, 7, 100])
def test_the_index_does_not_depend_on_concurrency(concurrency: int, folder: Path, index: SqliteIndex) -> None:
    source, unsteady = TextFolder(folder), Unsteady()
    settings = Settings(12, 3, concurrency)
    outcome = run_virtual(index_documents(source, settings, unsteady, index), seed=concurrency)
    expected = _by_hand(folder)
    assert outcome == Ok(len(expected))
    assert loaded(index) == expected
    assert unsteady.most == min(concurrency, unsteady.calls)


def _by_hand(folder: Path) -> list[EmbeddedChunk]:
    """Index `folder` one chunk after the other, without a plan."""
    found: list[EmbeddedChunk] = []
    for path in sorted(folder.iterdir()):
        for chunk in cut(RawDocument(path.name, path.read_text(encoding="utf-8")), SMALL):
            match asyncio.run(EMBEDDER.embed(chunk.text)):
                case Ok(vector):
                    found.append(EmbeddedChunk(chunk, EMBEDDER.model, vector))
                case Err(error):
                    pytest.fail(str(error))
    return [one for one in found if one.chunk.doc_id != "bread_copy.txt"]


class Shelf:
    """A source of documents of ten words each, without a file; counts those read and those who read."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.read = self.opened = self.closed = 0

    async def documents(self) -> AsyncIterator[Result[RawDocument, ErrInfo]]:
        self.opened += 1
        try:
            for number, text in enumerate(self.texts):
                await asyncio.sleep(0.1)
                self.read += 1
                yield Ok(RawDocument(f"{number}.txt", text))
        finally:
            await asyncio.sleep(0)
            self.closed += 1


class Slow:
    """An embedder that takes ten seconds for each text and counts the texts."""

    model = "slow"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.embedded = self.ahead = 0
        self.times: list[float] = []

    async def embed(self, text: str) -> Result[Vector, ErrInfo]:
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(10)
        self.ahead = max(self.ahead, self.shelf.read - self.embedded)
        self.embedded += 1
        return Err(ErrInfo("embed.refused", text, stage="embed")) if "poison" in text else Ok((1.0,))


def test_documents_are_read_as_the_embedder_gets_to_them() -> None:
    shelf = Shelf([f"document number {n}" for n in range(60)])
    slow = Slow(shelf)
    outcome = run_virtual(collect(embedded_chunks(shelf, Settings(12, 3, 3), slow)))
    assert isinstance(outcome, Ok)
    assert [one.chunk.doc_id for one in outcome.value] == [f"{n}.txt" for n in range(60)]
    assert slow.ahead <= 2 * 3 + 1
    assert (shelf.opened, shelf.closed) == (1, 1)


def test_the_rate_bounds_the_calls_of_the_embedder() -> None:
    shelf = Shelf([f"document number {n}" for n in range(30)])
    slow = Slow(shelf)
    settings = Settings(12, 3, embedding_concurrency=30, embeddings_per_second=0.5)
    assert isinstance(run_virtual(collect(embedded_chunks(shelf, settings, slow))), Ok)
    assert slow.times[-1] < 4  # within the burst
    settings = Settings(12, 3, embedding_concurrency=5, embeddings_per_second=0.25)
    slow.times.clear()
    assert isinstance(run_virtual(collect(embedded_chunks(shelf, settings, slow))), Ok)
    for first in range(30):
        for last in range(first, 30):
            assert last - first + 1 <= 5 + (slow.times[last] - slow.times[first]) * 0.25


def test_a_text_is_embedded_once(index: SqliteIndex) -> None:
    shelf = Shelf(["Same words", "same WORDS", "other words", "SAME words"])
    slow = Slow(shelf)
    assert run_virtual(index_documents(shelf, SMALL, slow, index)) == Ok(2)
    assert slow.embedded == 2
    assert [one.chunk.doc_id for one in loaded(index, "slow")] == ["0.txt", "2.txt"]


def test_a_failure_ends_the_reading(index: SqliteIndex) -> None:
    shelf = Shelf([f"document number {n}" + " poison" * (n == 4) for n in range(60)])
    outcome = run_virtual(index_documents(shelf, Settings(12, 3, 2), Slow(shelf), index))
    assert failure(outcome) == ("embed", "embed.refused")
    assert isinstance(outcome, Err)
    assert outcome.error.path == (4,)
    assert shelf.read < 12
    assert (shelf.opened, shelf.closed) == (1, 1)


@pytest.mark.parametrize("when", [0.05, 0.15, 5.0, 12.0, 25.0])
def test_a_timeout_leaves_nothing_open(when: float, index: SqliteIndex) -> None:
    shelf = Shelf([f"document number {n}" for n in range(60)])
    plan = index_documents(shelf, Settings(12, 3, 2), Slow(shelf), index)
    assert failure(run_virtual(async_timeout(plan, TimeoutPolicy(when)))) == ("async_timeout", "TIMEOUT")
    assert (shelf.opened, shelf.closed) == (1, 1)
    assert loaded(index, "slow") == []


def test_the_plan_replays_and_building_it_is_pure(index: SqliteIndex) -> None:
    shelf = Shelf(["one", "two", "three"])
    assert_replayable(assert_pure_construction(index_documents, shelf, SMALL, Slow(shelf), index))
    assert shelf.opened == shelf.closed == 6


def test_a_plan_can_be_run_again_and_reads_afresh(folder: Path, index: SqliteIndex) -> None:
    plan = index_documents(TextFolder(folder), SMALL, EMBEDDER, index)
    first = run_virtual(plan)
    before = loaded(index)
    assert run_virtual(plan) == first == Ok(len(before))
    assert loaded(index) == before
    (folder / "coffee.txt").write_text("Coffee is ground just before it is brewed.", encoding="utf-8")
    assert run_virtual(plan) == Ok(len(before) + 1)


def test_describing_reads_and_writes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "index.db"
    plan = index_documents(TextFolder(tmp_path / "missing"), SMALL, EMBEDDER, SqliteIndex(database))
    assert not database.exists()
    (tmp_path / "missing").mkdir()
    assert run_virtual(plan) == Ok(0)


def test_a_question_finds_its_passage(folder: Path, index: SqliteIndex) -> None:
    assert isinstance(run_virtual(index_documents(TextFolder(folder), SMALL, EMBEDDER, index)), Ok)
    asking = find_passages("How do I feed a sourdough starter?", 1, EMBEDDER, index)
    outcome = run_virtual(asking)
    assert isinstance(outcome, Ok)
    (found,) = outcome.value
    assert found.chunk.doc_id == "bread.txt"
    assert "sourdough starter" in found.chunk.text
    assert run_virtual(asking) == outcome


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("latin.txt", b"caf\xe9", ("read", "documents.unreadable")),
        ("dashes.txt", b"- - -", ("embed", "embed.no_words")),
    ],
)
def test_a_bad_document_leaves_the_index_as_it_was(
    name: str, content: bytes, expected: tuple[str, str], folder: Path, index: SqliteIndex
) -> None:
    plan = index_documents(TextFolder(folder), SMALL, EMBEDDER, index)
    assert isinstance(run_virtual(plan), Ok)
    before = loaded(index)
    (folder / name).write_bytes(content)
    assert failure(run_virtual(plan)) == expected
    assert loaded(index) == before


def test_a_missing_folder_is_a_value(tmp_path: Path, index: SqliteIndex) -> None:
    plan = index_documents(TextFolder(tmp_path / "missing"), SMALL, EMBEDDER, index)
    assert failure(run_virtual(plan)) == ("read", "documents.unreadable")


def test_an_unusable_index_is_a_value(folder: Path, tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path)
    assert failure(run_virtual(index_documents(TextFolder(folder), SMALL, EMBEDDER, index))) == (
        "index",
        "index.failed",
    )
    assert failure(run_virtual(find_passages("tea", 1, EMBEDDER, index))) == ("index", "index.failed")


def test_models_are_kept_apart(folder: Path, index: SqliteIndex) -> None:
    other = HashingEmbedder(dimensions=16)
    for embedder in (EMBEDDER, other):
        assert isinstance(run_virtual(index_documents(TextFolder(folder), SMALL, embedder, index)), Ok)
    assert {len(one.vector) for one in loaded(index)} == {256}
    assert {len(one.vector) for one in loaded(index, other.model)} == {16}


@given(st.text(), st.integers(1, 9), st.data())
def test_chunks_overlap_and_lose_no_word(text: str, words: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, words - 1))
    chunks = cut(RawDocument("d", text), Settings(words, overlap))
    rebuilt: list[str] = []
    for chunk in chunks:
        assert chunk.start == max(0, len(rebuilt) - overlap)
        assert 0 < len(chunk.text.split(" ")) <= words
        rebuilt[chunk.start :] = chunk.text.split(" ")
    assert rebuilt == clean(text)


def test_two_chunks_mean_the_same_in_any_letter_case_and_place() -> None:
    assert meaning(Chunk("a", 0, "Same words")) == meaning(Chunk("b", 3, "same WORDS"))
    assert meaning(Chunk("a", 0, "Same words")) != meaning(Chunk("a", 0, "Other words"))


@pytest.mark.parametrize(("words", "overlap"), [(0, 0), (4, 4), (4, -1)])
def test_settings_that_would_not_end_are_refused(words: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Settings(words, overlap)


def test_the_nearest_come_first_and_ties_by_place() -> None:
    places = {"b": (1.0, 0.0), "a": (2.0, 0.0), "c": (0.0, 1.0), "zero": (0.0, 0.0)}
    chunks = [EmbeddedChunk(Chunk(name, 0, name), "m", vector) for name, vector in places.items()]
    found = nearest((3.0, 0.0), chunks, 3)
    assert [(one.chunk.doc_id, one.score) for one in found] == [("a", 1.0), ("b", 1.0), ("c", 0.0)]


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_index_is_the_same_in_every_process(hash_seed: str, folder: Path, tmp_path: Path) -> None:
    database = tmp_path / "other.db"
    command = [sys.executable, "-m", "rag", "index", str(folder), "--database", str(database)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    here = SqliteIndex(tmp_path / "here.db")
    assert isinstance(run_virtual(index_documents(TextFolder(folder), Settings(), EMBEDDER, here)), Ok)
    assert loaded(SqliteIndex(database)) == loaded(here)
    assert done.stdout == f"{len(loaded(here))} chunks indexed\n"


def test_the_command_line_answers(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = ["--database", str(tmp_path / "index.db")]
    assert main(["index", str(folder), *database]) == 0
    assert main(["ask", "green tea water", "--limit", "1", *database]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("tea.txt+0 (")


def test_the_command_line_reports_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "???", "--database", str(tmp_path / "index.db")]) == 1
    assert capsys.readouterr().err == "embed failed (embed.no_words): no words to embed in '???'\n"
