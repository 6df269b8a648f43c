"""Changes of files as unified diffs."""

from __future__ import annotations

import re


def unified_diff(before: bytes, after: bytes, name: str) -> bytes:
    """Return a unified diff in the bytes of the file, so that ``patch`` takes it in any encoding."""
    from difflib import diff_bytes  # few runs show changes
    from difflib import unified_diff as differences

    shown = name.encode()
    lines = diff_bytes(differences, _lines(before), _lines(after), shown, shown)
    missing = b"\n\\ No newline at end of file\n"
    return b"".join(line if line.endswith(b"\n") else line + missing for line in lines)


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)
