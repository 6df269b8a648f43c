"""``isolint check --fix`` and its relatives, as a user meets them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from isolint import fixes
from isolint.project.sources.reading import content
from tests.cli.conftest import CONFIGURATION, GOOD

if TYPE_CHECKING:
    from pathlib import Path

SAFE = """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(users.get(user_id))  # as ever
"""
FIXED = SAFE.replace("users.get(user_id)", "lambda: users.get(user_id)")
UNSAFE = """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    coro = users.get(user_id)
    return async_lift(lambda: coro)
"""
PLACE = "app/domain/users.py"


@pytest.fixture
def users(shop: Path) -> Path:
    """The one file of the shop with findings: one, which has a safe fix."""
    file = shop / PLACE
    file.write_text(SAFE)
    return file


def test_safe_fixes_are_applied(users: Path, isolint: Any) -> None:
    answer = isolint("check", "--fix")
    assert users.read_text() == FIXED
    assert answer.out == (
        f"Fixed 1 finding in 1 file:\n  {PLACE}:5: ISO202 Wrap the call in `lambda:`\n"
        "No findings (5 files, 3 of them core).\n"
    )
    assert (answer.code, answer.err) == (0, "")
    assert isolint("check", "--fix").out == "No findings (5 files, 3 of them core).\n"


def test_a_report_says_what_can_be_fixed(users: Path, isolint: Any) -> None:
    assert isolint("check").out.endswith("\n1 finding can be fixed with `--fix`.\n")
    users.write_text(SAFE + UNSAFE)
    assert isolint("check").out.endswith(
        "\n1 finding can be fixed with `--fix`, 1 more with `--fix --unsafe-fixes`.\n"
    )
    users.write_text(UNSAFE)
    answer = isolint("check")
    assert answer.out.endswith("\n1 finding can be fixed with `--fix --unsafe-fixes`.\n")
    assert "(unsafe: the call then runs once per drive, not once for all)" in answer.out


def test_unsafe_fixes_have_to_be_asked_for(users: Path, isolint: Any) -> None:
    users.write_text(UNSAFE)
    answer = isolint("check", "--fix", "--output-format", "concise")
    assert (answer.code, users.read_text()) == (1, UNSAFE)
    assert answer.out.startswith(f"{PLACE}:6:31: ISO201")
    assert isolint("check", "--fix", "--unsafe-fixes").code == 0
    assert users.read_text() == FIXED.replace("  # as ever", "")


def test_a_diff_changes_nothing(users: Path, isolint: Any) -> None:
    answer = isolint("check", "--diff")
    assert users.read_text() == SAFE
    assert answer.out.startswith(f"--- {PLACE}\n+++ {PLACE}\n@@ ")
    assert answer.err.startswith("Would fix 1 finding in 1 file:\n")
    assert answer.code == 1
    isolint("check", "--fix")
    assert isolint("check", "--diff") == type(answer)(0, "", "")


@pytest.mark.parametrize("text", [SAFE, SAFE.replace("\n", "\r\n"), SAFE.rstrip("\n"), f"#\f é\r\n{SAFE}"])
def test_patch_takes_the_diff(text: str, users: Path, shop: Path, isolint: Any) -> None:
    users.write_bytes(text.encode())
    diff = isolint("check", "--diff", "-q").out
    subprocess.run(["git", "apply", "-p0", "--unsafe-paths", "-"], input=diff.encode(), check=True, cwd=shop)
    assert users.read_bytes() == text.replace("users.get(", "lambda: users.get(").encode()


def test_fix_only_says_nothing_of_the_rest(users: Path, shop: Path, isolint: Any) -> None:
    (shop / "app/domain/orders.py").write_text("import asyncio\n\nasyncio.run(f())\n")
    answer = isolint("check", "--fix-only")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "Fixed 1 finding in 1 file:",
        f"  {PLACE}:5: ISO202 Wrap the call in `lambda:`",
    ]
    assert users.read_text() == FIXED


def test_machines_get_the_findings_that_are_left(users: Path, isolint: Any) -> None:
    answer = isolint("check", "--fix", "--output-format", "json")
    assert json.loads(answer.out) == []
    assert answer.err.startswith("Fixed 1 finding")
    assert users.read_text() == FIXED


@pytest.mark.parametrize(
    ("lines", "fixed"),
    [
        ('unfixable = ["ISO2"]', False),
        ('fixable = ["ISO4"]', False),
        ("fixable = []", False),
        ('unfixable = ["ISO2"]\nfixable = ["ISO202"]', True),
        ('extend-unsafe-fixes = ["lifted-coroutine"]', False),
        ('extend-unsafe-fixes = ["ISO2"]\nextend-safe-fixes = ["ISO202"]', True),
        ('extend-unsafe-fixes = ["ISO202"]\nextend-safe-fixes = ["ISO202"]', False),
    ],
)
def test_the_configuration_chooses_fixes(
    lines: str,
    fixed: bool,  # noqa: FBT001
    users: Path,
    shop: Path,
    isolint: Any,
) -> None:
    (shop / "pyproject.toml").write_text(f"{CONFIGURATION}{lines}\n")
    isolint("check", "--fix")
    assert users.read_text() == (FIXED if fixed else SAFE)


def test_an_unsafe_fix_can_be_made_safe(users: Path, shop: Path, isolint: Any) -> None:
    users.write_text(UNSAFE)
    (shop / "pyproject.toml").write_text(f'{CONFIGURATION}extend-safe-fixes = ["ISO201"]\n')
    assert "(unsafe" not in isolint("check").out
    isolint("check", "--fix")
    assert "coro" not in users.read_text()


def test_a_project_says_why_a_safe_fix_is_unsafe(users: Path, shop: Path, isolint: Any) -> None:
    (shop / "pyproject.toml").write_text(f'{CONFIGURATION}extend-unsafe-fixes = ["ISO202"]\n')
    assert "(unsafe: this project counts it as unsafe)" in isolint("check").out
    assert users.read_text() == SAFE


def test_standard_input_goes_to_standard_output(isolint: Any) -> None:
    answer = isolint("check", "--fix", "--stdin-filename", PLACE, "-", stdin=SAFE.encode())
    assert (answer.code, answer.out) == (0, FIXED)
    assert answer.err.startswith("Fixed 1 finding in 1 file:\n")
    clean = isolint("check", "--fix", "-q", "--stdin-filename", PLACE, "-", stdin=GOOD.encode())
    assert clean == type(answer)(0, GOOD, "")
    diff = isolint("check", "--diff", "--stdin-filename", PLACE, "-", stdin=SAFE.encode())
    assert (diff.code, diff.out.splitlines()[0]) == (1, f"--- {PLACE}")


@pytest.mark.parametrize("options", [(), ("--reason", "moved in May")])
def test_findings_are_accepted_by_comments(options: tuple[str, ...], shop: Path, isolint: Any) -> None:
    answer = isolint("check", "--add-ignore", *options)
    reason = f" -- {options[1]}" if options else ""
    assert (shop / PLACE).read_text().endswith(f"main())  # isolint: ignore[ISO102]{reason}\n")
    assert answer.out == "Accepted 1 finding by comments on 1 line.\nNo findings (5 files, 3 of them core).\n"
    assert answer.code == 0
    assert isolint("check", "--add-ignore").out == "No findings (5 files, 3 of them core).\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("asyncio.run(asyncio.get_event_loop())", "  # isolint: ignore[ISO102, ISO106]"),
        ("asyncio.run(f())  # why  ", "  # isolint: ignore[ISO102]"),
        ("asyncio.run(f())  # noqa: E501", "  # isolint: ignore[ISO102]"),
        ("x = 1; asyncio.run(\\\n        f())", "  # isolint: ignore[ISO102]"),
        ('x = asyncio.run(f("""\n"""))', "  # isolint: ignore[ISO102]"),
    ],
)
def test_the_place_of_an_added_comment(line: str, expected: str, shop: Path, isolint: Any) -> None:
    (shop / PLACE).write_text(f"import asyncio\n\ndef g():\n    {line}\n")
    answer = isolint("check", "--add-ignore", "--select", "ISO102,ISO106")
    assert answer.code == 0, answer
    assert (shop / PLACE).read_text() == f"import asyncio\n\ndef g():\n    {line.rstrip()}{expected}\n"


def test_a_comment_takes_more_codes(shop: Path, isolint: Any) -> None:
    line = "asyncio.run(asyncio.get_event_loop())  # isolint: ignore[{}] -- known\n"
    (shop / PLACE).write_text(f"import asyncio\n\ndef g():\n    {line.format('ISO106')}")
    assert isolint("check", "--add-ignore").code == 0
    assert (shop / PLACE).read_text().endswith(line.format("ISO106, ISO102"))


def test_fixes_come_before_comments(users: Path, isolint: Any) -> None:
    users.write_text(f"import asyncio\n{SAFE}\n\nasyncio.run(load)\n")
    answer = isolint("check", "--fix", "--add-ignore", "--select", "ISO102,ISO202")
    assert users.read_text() == f"import asyncio\n{FIXED}\n\nasyncio.run(load)  # isolint: ignore[ISO102]\n"
    assert answer.code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--unsafe-fixes",), "add --fix, --fix-only or --diff"),
        (("--reason", "x"), "--add-ignore"),
        (("--add-ignore", "--reason", "a\nb"), "one line"),
        (("--add-ignore", "--ignore-suppressions"), "--ignore-suppressions"),
    ],
)
def test_conflicting_or_useless_options_are_errors(
    arguments: tuple[str, ...], message: str, isolint: Any
) -> None:
    answer = isolint("check", *arguments)
    assert answer.code == 2
    assert message in answer.err


def test_a_read_only_file_is_named_and_the_others_are_fixed(users: Path, shop: Path, isolint: Any) -> None:
    other = shop / "app/domain/orders.py"
    other.write_text(SAFE)
    other.chmod(0o444)
    answer = isolint("check", "--fix")
    assert answer.code == 2
    assert "error: app/domain/orders.py: not changed: it is read-only\n" in answer.err
    assert (users.read_text(), other.read_text()) == (FIXED, SAFE)


def test_a_link_is_followed_to_its_file(users: Path, shop: Path, isolint: Any) -> None:
    kept = shop / "kept.py"
    users.rename(kept)
    users.symlink_to(kept)
    isolint("check", "--fix", "app")
    assert users.is_symlink()
    assert kept.read_text() == FIXED


def test_a_file_outside_the_project_is_left_alone(
    users: Path, tmp_path_factory: pytest.TempPathFactory, isolint: Any
) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "users.py"
    outside.write_text(SAFE)
    users.unlink()
    users.symlink_to(outside)
    answer = isolint("check", "--fix")
    assert answer.code == 2
    assert f"not changed: it is {outside}, outside the project" in answer.err
    assert outside.read_text() == SAFE


def test_a_file_that_changes_meanwhile_is_checked_again(
    users: Path, isolint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = content
    later = iter([f"# newer\n{SAFE}"])

    def changing(path: Path) -> bytes:
        data = read(path)
        users.write_text(next(later, users.read_text()))
        return data

    monkeypatch.setattr("isolint.project.mending.content", changing)
    assert isolint("check", "--fix").code == 0
    assert users.read_text() == f"# newer\n{FIXED}"


def test_a_file_that_never_rests_is_left_alone(
    users: Path, isolint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = content

    def changing(path: Path) -> bytes:
        data = read(path)
        users.write_bytes(b"#\n" + data)
        return data

    monkeypatch.setattr("isolint.project.mending.content", changing)
    answer = isolint("check", "--fix")
    assert answer.code == 2
    assert f"{PLACE}: not changed: another program keeps writing it" in answer.err
    assert SAFE in users.read_text()


def test_files_that_libcst_cannot_parse_are_not_changed(users: Path, isolint: Any) -> None:
    text = SAFE + "(limit): int = 1\n"
    users.write_text(text)
    answer = isolint("check", "--fix", "--output-format", "concise")
    assert answer.code == 2
    line = text.count("\n")
    message = "LibCST, which makes the edits, cannot parse it, though Python can: error at"
    assert f"error: {PLACE}: not changed: {message} {line}:9 (line {line})\n" in answer.err
    assert f"{PLACE}:5:23: ISO202" in answer.out
    answer = isolint("check", "--add-ignore", "--reason", "later")
    assert (answer.code, message in answer.err) == (2, True)
    answer = isolint("lift", f"{PLACE}::load")
    assert (answer.code, f"LibCST, which lifts, cannot parse {PLACE}" in answer.err) == (2, True)
    assert users.read_text() == text


def test_fixes_that_never_end_are_a_defect(
    users: Path, isolint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def apply(data: bytes, *_: object) -> bytes:
        return data + b"#\n"

    monkeypatch.setattr(fixes, "apply", apply)
    answer = isolint("check", "--fix")
    assert answer.code == 2
    assert "ISO202 still has a fix after 10 turns: this is a defect of isolint" in answer.err
    assert users.read_text() == SAFE


def test_fixes_one_inside_the_other_take_as_many_turns_as_they_need(users: Path, isolint: Any) -> None:
    plan = "async_pure(1)"
    for _ in range(14):
        plan = f"async_bind({plan}, async_pure)"
    users.write_text(f"from asyncplan import async_bind, async_pure\n\n\ndef load():\n    return {plan}\n")
    answer = isolint("check", "--fix", "--unsafe-fixes", "--extend-select", "ISO407", "--quiet")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert (
        users.read_text() == "from asyncplan import async_pure\n\n\ndef load():\n    return async_pure(1)\n"
    )


def test_fixes_side_by_side_take_one_turn(users: Path, isolint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    methods = "".join(
        f"""
    async def load_{number}(self, url):
        async with httpx.AsyncClient() as client:
            return await client.get(url)
"""
        for number in range(12)
    )
    functions = "".join(f"\n\nasync def f_{n}():\n    await users.load_{n}('/')\n" for n in range(12))
    calls = "".join(f"    await f_{number}()\n" for number in range(12))
    users.write_text(f"import httpx\n\n\nclass Users:{methods}{functions}\n\nasync def f():\n{calls}")
    turns: list[bytes] = []
    real = fixes.apply

    def apply(data: bytes, *given: Any) -> Any:
        turns.append(data)
        return real(data, *given)

    monkeypatch.setattr(fixes, "apply", apply)
    isolint("check", "--fix", "--unsafe-fixes", "--select", "ISO301", "--quiet")
    text = users.read_text()
    assert (len(turns), text.count("(Protocol)")) == (0, 0), "the module calls the methods itself"
    users.write_text(text.replace("users.load_", "store.read_") + "\n\nstore = Users()\n")
    isolint("check", "--fix", "--unsafe-fixes", "--quiet")
    assert len(turns) == 1
    assert users.read_text().count("(Protocol)") == 12
    assert "    await f_11(store=store)\n" in users.read_text()


CLIENTS = """\
import httpx


async def load(name):
    async with httpx.AsyncClient() as client:
        return await client.get(name)


class Service:
    def __init__(self):
        self.client = httpx.AsyncClient()

    async def get(self, name):
        return await self.client.get(name)


class Store:
    async def save(self, name): ...


store = Store()


async def keep(name):
    await store.save(name)


async def keep_all(names):
    for name in names:
        await keep(name)
"""
CALLERS = """\
from app.domain import users
from app.domain.users import Service, keep
from app.domain.users import load as fetch

service = Service()


async def main():
    await fetch("ada"), await users.load("bob")
    await keep("cy")
    await service.get("dan")


def load():
    load()
"""


@pytest.mark.parametrize("option", ["--diff", "--fix"])
def test_calls_in_other_modules_are_listed(option: str, users: Path, shop: Path, isolint: Any) -> None:
    users.write_text(CLIENTS)
    (shop / "app/main.py").write_text(CALLERS)
    answer = isolint("check", option, "--unsafe-fixes")
    assert [line for line in answer.err.splitlines() if line.startswith("note:")] == [
        "note: app/main.py:5: this calls `Service`, whose parameters change",
        "note: app/main.py:9: this calls `load`, whose parameters change",
        "note: app/main.py:10: this calls `keep`, whose parameters change",
    ]
    assert "note:" not in isolint("check", option, "--unsafe-fixes", "--quiet").err


def test_no_answer_is_remembered_for_a_run_that_changes_files(users: Path, isolint: Any) -> None:
    os.utime(users, (1, 1))
    for _ in range(2):
        users.write_text(SAFE)
        os.utime(users, (1, 1))
        assert "Fixed 1 finding" in isolint("check", "--fix").out


def test_accepted_findings_are_left_alone(users: Path, isolint: Any) -> None:
    isolint("baseline")
    assert isolint("check", "--fix", "--add-ignore", "--baseline", "isolint-baseline.json").code == 0
    assert users.read_text() == SAFE
    assert isolint("check", "--fix", "--no-baseline").code == 0
    assert users.read_text() == FIXED


COMMENTS = [
    ("a = 1  # noqa: ISO102", "a = 1"),
    ("a = 1  # noqa: ISO102'", "a = 1  # '"),
    ("a = 1  # noqa: ISO102 because of x", "a = 1  # because of x"),
    ("a = 1  # noqa: ISO102. Reason", "a = 1  # Reason"),
    ("a = 1  # noqa: ISO102, E501 reason", "a = 1  # noqa: E501 reason"),
    ("a = 1  # noqa: ISO102; see #12", "a = 1  # see #12"),
    ("a = 1  # noqa: ISO102) and so on", "a = 1  # ) and so on"),
    ("a = 1  # noqa: ISO102  # type: ignore", "a = 1  # type: ignore"),
    ("a = 1  # type: ignore # noqa: ISO102' # more", "a = 1  # type: ignore # ' # more"),
    ("a = 1  # type: ignore  # noqa: ISO102", "a = 1  # type: ignore"),
    ("a = 1  # isolint: ignore[ISO102] -- why  # noqa: E501", "a = 1  # noqa: E501"),
    ("a = 1  # isolint: ignore[ISO102] -- see #12", "a = 1"),
    ("a = 1  # isolint: ignore[ISO102]  # noqa: ISO103", "a = 1"),
    ("a = 1  # noqa: ISO102 , ", "a = 1"),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_rest_of_a_suppression_comment_stays(users: Path, isolint: Any, line_end: str) -> None:
    before, after = (line_end.join((*lines, "")) for lines in zip(*COMMENTS, strict=True))
    users.write_bytes(before.encode())
    assert isolint("check", "--fix").code == 0
    assert users.read_bytes().decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "async def f(): ...\n\fp = async_lift(f())\n",
            "async def f(): ...\n\fp = async_lift(lambda: f())\n",
        ),
        (
            "async def f(): ...\nclass A:\n\f    '''Doc.\n    '''\n    def m(self):\n        return 1\np = async_lift(f())\n",
            "async def f(): ...\nclass A:\n\f    '''Doc.\n    '''\n    def m(self):\n        return 1\np = async_lift(lambda: f())\n",
        ),
        (
            "async def f(): ...\nif f:\n  \f    x = '''\n\f y'''\n    p = async_lift(f())\n",
            "async def f(): ...\nif f:\n  \f    x = '''\n\f y'''\n    p = async_lift(lambda: f())\n",
        ),
    ],
)
def test_the_indentation_begins_anew_behind_a_form_feed(
    users: Path, isolint: Any, before: str, after: str
) -> None:
    start = "from asyncplan import async_lift\n"
    users.write_text(start + before)
    assert isolint("check", "--fix").code == 0
    assert users.read_text() == start + after


@pytest.mark.parametrize(
    "owner", ["(asyncplan or other)", "(asyncplan if flag else other)", "(m := asyncplan)"]
)
def test_the_object_of_an_attribute_keeps_its_parentheses(users: Path, isolint: Any, owner: str) -> None:
    source = (
        "import asyncplan\nimport other\nfrom asyncplan import AsyncPlan, async_pure\n\n\n"
        "def found(x) -> AsyncPlan[int]:\n    return async_pure(x)\n\n\n"
        f"def f(p: AsyncPlan[int], flag):\n    return {owner}.async_map(p, found)\n"
    )
    users.write_text(source)
    isolint("check", "--fix", "--unsafe-fixes")
    assert users.read_text() == source.replace("async_map", "async_bind")


def test_a_comment_in_another_encoding_is_left_as_it_is(users: Path, isolint: Any) -> None:
    """Python takes the file, so isolint does; written anew, the comment would be another."""
    before = b"# caf\xe9\n" + SAFE.encode()
    users.write_bytes(before)
    answer = isolint("check", "--fix")
    assert "a comment is not UTF-8, and would not be the same afterwards" in answer.out + answer.err
    assert users.read_bytes() == before
