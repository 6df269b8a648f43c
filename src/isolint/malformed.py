"""Comments that are meant for isolint and say nothing to it: misspelt, in another linter's form, or of no rule.

``# isolint: ignre[ISO102]`` accepts nothing, silently: the finding stays, or worse, a ``skip-file`` has no effect.
Each comment is parsed by the grammar below, and where one spelling is near, that is offered.

    # isolint: ignore                          # isolint: skip-file           (a line of its own)
    # isolint: ignore[ISO102, ISO3] -- reason  # isolint: role=core           (a line of its own, near the top)
    # isolint: allow[ISO112] -- reason
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from tokenize import TokenInfo

IGNORE, SKIP_FILE, ROLE, ALLOW = "ignore", "skip-file", "role", "allow"
_WORDS = (IGNORE, SKIP_FILE, ROLE, ALLOW)
_ALSO = {
    "skip": SKIP_FILE, "skipfile": SKIP_FILE, "skip_file": SKIP_FILE, "disable": IGNORE, "noqa": IGNORE,
    "ignored": IGNORE, "ignores": IGNORE, "off": IGNORE, "roles": ROLE, "allowed": ALLOW,
}  # fmt: skip
"""Misspellings that other linters, or grammar, suggest."""
_LAST_ROLE_LINE = 50
_OURS = re.compile(r"#\s*isolint\s*(?P<colon>:?)\s*(?P<said>[^#]*)", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"(?P<word>[A-Za-z][\w-]*)[ \t]*(?P<rest>.*)", re.DOTALL)
_REASON = re.compile(r"\s*--.*", re.DOTALL)
_ARGUMENTS = re.compile(r"[\[(=:\s]+(?P<codes>[^\])]*)[\])]?\s*")
_CODES = re.compile(r"[A-Za-z][\w-]*(?:[,\s]+[A-Za-z][\w-]*)*,?")
_RULE = re.compile(r"ISO\d*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,\s]+")
_FORMS = "`ignore`, `ignore[CODES]`, `allow[ISO112]`, `skip-file` and `role=ROLE`"


@final
class Malformed(Struct, frozen=True):
    """A comment without effect, by its place; ``end`` is the column behind it. ``right`` is the form that may be meant."""

    line: int
    column: int
    end: int
    message: str
    right: str = ""


def malformed(tokens: Iterable[TokenInfo], known: frozenset[str]) -> Iterator[Malformed]:
    """Yield the faults of comments that speak to isolint. ``known`` are codes and names of rules, if any."""
    for token in tokens:
        for match in _OURS.finditer(token.string):
            if found := _own(match, token, known):
                yield found
        noqa = _NOQA.search(token.string)
        if noqa is not None:
            yield from _of_noqa(noqa, token, known)


def _own(match: re.Match[str], token: TokenInfo, known: frozenset[str]) -> Malformed | None:
    said = match["said"].rstrip()
    directive = _DIRECTIVE.fullmatch(said)
    if directive is None:
        return (
            _at(match, token, f"it has no directive of isolint; these are: {_FORMS}")
            if match["colon"]
            else None
        )
    word, rest = directive["word"], directive["rest"]
    if not match["colon"] and not (word.lower() in _WORDS and rest[:1] in {"", "[", "=", "-"}):
        return None  # prose that speaks of isolint
    meant = _meant(word)
    if not meant:
        return _at(match, token, f"`{word}` is no directive of isolint; these are: {_FORMS}")
    right, wrong = _corrected(meant, rest, known)
    if wrong:
        return _at(match, token, wrong, right)
    if not _is_right(meant, match.group().rstrip()):
        return _at(match, token, "its spelling is wrong", right)
    return _misplaced(meant, match, token)


def _meant(word: str) -> str:
    lowered = word.lower()
    if lowered in (*_WORDS, *_ALSO):
        return _ALSO.get(lowered, lowered)
    near = get_close_matches(lowered, _WORDS, n=1, cutoff=0.7)
    return near[0] if near else ""


def _is_right(meant: str, text: str) -> bool:
    """Whether a comment has the form that is read, spaces apart."""
    grammar = {
        IGNORE: r"#\s*isolint:\s*ignore(\[[^\]]*\])?\s*(--.*)?",
        ALLOW: r"#\s*isolint:\s*allow\[[^\]]*\]\s*(--.*)?",
        SKIP_FILE: r"#\s*isolint:\s*skip-file\b.*",
        ROLE: r"#[ \t]*isolint:[ \t]*role[ \t]*[=:][ \t]*\S+.*",
    }
    return re.fullmatch(grammar[meant], text, re.DOTALL) is not None


def _corrected(meant: str, rest: str, known: frozenset[str]) -> tuple[str, str]:
    """Return the comment in its right form, and the faults of the codes in it."""
    if meant == SKIP_FILE:
        return f"# isolint: skip-file{' ' + rest if rest else ''}", ""
    reason = _REASON.search(rest)
    tail = f" {reason.group().strip()}" if reason is not None else ""
    given = rest[: reason.start()] if reason is not None else rest
    arguments = _ARGUMENTS.fullmatch(f" {given}") if given.strip() else None
    listed = arguments["codes"].strip() if arguments is not None else ""
    if meant == ROLE:
        return (f"# isolint: role={listed.split()[0]}" if listed else ""), ""
    if not listed:
        wrong = "it names no rule; write one between the brackets" if given.strip() or meant == ALLOW else ""
        return "" if wrong else f"# isolint: {meant}{tail}", wrong
    if _CODES.fullmatch(listed) is None:
        return "", "write a reason behind `--`, and commas between codes"
    codes = [code for code in _SEPARATORS.split(listed) if code]
    if len(codes) > 1 and not any(_RULE.fullmatch(code) or "-" in code for code in codes):
        return "", "write a reason behind `--`"
    right = [_code(code, known) for code in codes]
    lost = [code for code, found in zip(codes, right, strict=True) if found != code]
    text = f"# isolint: {meant}[{', '.join(right)}]{tail}" if all(right) else ""
    return text, _no_rules(lost) if lost else ""


def _code(code: str, known: frozenset[str]) -> str:
    """Return the code or name of a rule that one is, or is most like; empty where there is none."""
    if not known or any(one == code or (_RULE.fullmatch(code) and one.startswith(code)) for one in known):
        return code
    lowered = {one.lower(): one for one in sorted(known)}
    form = code.lower().replace("_", "-")
    if form in lowered:
        return lowered[form]
    of_kind = [one for one in lowered if one.startswith("iso") == form.startswith("iso")]
    near = get_close_matches(form, of_kind, n=2, cutoff=0.8)
    return lowered[near[0]] if len(near) == 1 else ""


def _no_rules(codes: Sequence[str]) -> str:
    named = ", ".join(f"`{code}`" for code in codes)
    return f"{named} {'is no rule' if len(codes) == 1 else 'are no rules'}"


def _misplaced(meant: str, match: re.Match[str], token: TokenInfo) -> Malformed | None:
    alone = token.line.lstrip().startswith("#")
    if meant == SKIP_FILE and not alone:
        return _at(match, token, "`skip-file` has to stand on a line of its own")
    if meant == ROLE and not (alone and token.start[0] <= _LAST_ROLE_LINE):
        message = f"`role` has to stand on a line of its own among the first {_LAST_ROLE_LINE}"
        return _at(match, token, message)
    return None


def _of_noqa(match: re.Match[str], token: TokenInfo, known: frozenset[str]) -> Iterator[Malformed]:
    """Yield a finding for the codes in a ``noqa`` that are like those of isolint's rules, and of none."""
    codes = _SEPARATORS.split(match["codes"])
    ours = [code for code in codes if _RULE.fullmatch(code)]
    lost = [code for code in ours if known and not any(one.startswith(code.upper()) for one in known)]
    if lost:
        right = {code: _code(code.upper(), known) for code in lost}
        text = match.group()
        for code, found in right.items():
            text = text.replace(code, found)
        yield _at(match, token, _no_rules(lost), text if all(right.values()) else "")


def _at(match: re.Match[str], token: TokenInfo, message: str, right: str = "") -> Malformed:
    text = match.group().rstrip()
    line, start = token.start
    column = start + match.start() + 1
    shown = f"`{text}` has no effect: {message}"
    return Malformed(line, column, column + len(text), shown, right if right != text else "")
