"""The retrieval pipeline for real: text files, a hashing embedder, an SQLite index."""

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
from asyncplan import Err, ErrInfo, Ok, Result
from asyncplan.shell import run
from rag.domain.chunks import Chunk, EmbeddedChunk, RawDocument, Settings
from rag.domain.plans import find_passages, index_documents
from rag.domain.text import clean, cut, nearest, without_duplicates
from rag.infra.hashing_embedder import HashingEmbedder
from rag.infra.sqlite_index import SqliteIndex
from rag.infra.text_folder import TextFolder
from rag.shell.main import main

if TYPE_CHECKING:
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
    """Answers as `EMBEDDER` does, the later chunks sooner, and counts how many are under way."""

    model = EMBEDDER.model

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.calls = 0

    async def embed(self, text: str) -> Result[Vector, ErrInfo]:
        self.calls += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(max(0.0, 0.02 - 0.001 * self.calls))
        self.under_way -= 1
        return await EMBEDDER.embed(text)


@pytest.mark.parametrize("concurrency", [1, 2, 7, 100])
def test_the_index_does_not_depend_on_concurrency(concurrency: int, folder: Path, index: SqliteIndex) -> None:
    source, unsteady = TextFolder(folder), Unsteady()
    outcome = run(index_documents(source, Settings(12, 3, concurrency), unsteady, index))
    expected = _by_hand(folder)
    assert outcome == Ok(len(expected))
    assert loaded(index) == expected
    assert unsteady.most == min(concurrency, unsteady.calls)


def _by_hand(folder: Path) -> list[EmbeddedChunk]:
    """Index `folder` one chunk after the other, without a plan."""
    found: list[EmbeddedChunk] = []
    for path in sorted(folder.iterdir()):
        for chunk in cut([RawDocument(path.name, path.read_text(encoding="utf-8"))], SMALL):
            match asyncio.run(EMBEDDER.embed(chunk.text)):
                case Ok(vector):
                    found.append(EmbeddedChunk(chunk, EMBEDDER.model, vector))
                case Err(error):
                    pytest.fail(str(error))
    return [one for one in found if one.chunk.doc_id != "bread_copy.txt"]


def test_a_plan_can_be_run_again_and_reads_afresh(folder: Path, index: SqliteIndex) -> None:
    plan = index_documents(TextFolder(folder), SMALL, EMBEDDER, index)
    first = run(plan)
    before = loaded(index)
    assert run(plan) == first == Ok(len(before))
    assert loaded(index) == before
    (folder / "coffee.txt").write_text("Coffee is ground just before it is brewed.", encoding="utf-8")
    assert run(plan) == Ok(len(before) + 1)


def test_describing_reads_and_writes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "index.db"
    plan = index_documents(TextFolder(tmp_path / "missing"), SMALL, EMBEDDER, SqliteIndex(database))
    assert not database.exists()
    (tmp_path / "missing").mkdir()
    assert run(plan) == Ok(0)


def test_a_question_finds_its_passage(folder: Path, index: SqliteIndex) -> None:
    assert isinstance(run(index_documents(TextFolder(folder), SMALL, EMBEDDER, index)), Ok)
    asking = find_passages("How do I feed a sourdough starter?", 1, EMBEDDER, index)
    outcome = run(asking)
    assert isinstance(outcome, Ok)
    (found,) = outcome.value
    assert found.chunk.doc_id == "bread.txt"
    assert "sourdough starter" in found.chunk.text
    assert run(asking) == outcome


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
    assert isinstance(run(plan), Ok)
    before = loaded(index)
    (folder / name).write_bytes(content)
    assert failure(run(plan)) == expected
    assert loaded(index) == before


def test_a_missing_folder_is_a_value(tmp_path: Path, index: SqliteIndex) -> None:
    plan = index_documents(TextFolder(tmp_path / "missing"), SMALL, EMBEDDER, index)
    assert failure(run(plan)) == ("read", "documents.unreadable")


def test_an_unusable_index_is_a_value(folder: Path, tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path)
    assert failure(run(index_documents(TextFolder(folder), SMALL, EMBEDDER, index))) == (
        "index",
        "index.failed",
    )
    assert failure(run(find_passages("tea", 1, EMBEDDER, index))) == ("index", "index.failed")


def test_models_are_kept_apart(folder: Path, index: SqliteIndex) -> None:
    other = HashingEmbedder(dimensions=16)
    for embedder in (EMBEDDER, other):
        assert isinstance(run(index_documents(TextFolder(folder), SMALL, embedder, index)), Ok)
    assert {len(one.vector) for one in loaded(index)} == {256}
    assert {len(one.vector) for one in loaded(index, other.model)} == {16}


@given(st.text(), st.integers(1, 9), st.data())
def test_chunks_overlap_and_lose_no_word(text: str, words: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, words - 1))
    chunks = cut([RawDocument("d", text)], Settings(words, overlap))
    rebuilt: list[str] = []
    for chunk in chunks:
        assert chunk.start == max(0, len(rebuilt) - overlap)
        assert 0 < len(chunk.text.split(" ")) <= words
        rebuilt[chunk.start :] = chunk.text.split(" ")
    assert rebuilt == clean(text)


@pytest.mark.parametrize(("words", "overlap"), [(0, 0), (4, 4), (4, -1)])
def test_settings_that_would_not_end_are_refused(words: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Settings(words, overlap)


def test_duplicates_go_within_one_model_only() -> None:
    first, copy = Chunk("a", 0, "Same words"), Chunk("b", 3, "same WORDS")
    chunks = [
        EmbeddedChunk(first, "m", (1.0,)),
        EmbeddedChunk(copy, "m", (1.0,)),
        EmbeddedChunk(copy, "n", (1.0,)),
    ]
    assert without_duplicates(chunks) == [chunks[0], chunks[2]]


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
    assert isinstance(run(index_documents(TextFolder(folder), Settings(), EMBEDDER, here)), Ok)
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
