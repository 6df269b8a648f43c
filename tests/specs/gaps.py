"""Rewrite gaps.toml: each marker that the engine does not meet, with the engine's own answer.

    python -m tests.specs.gaps

Review the difference before a commit: an additional line is a regression of the engine or a mistake in a case.
"""

from __future__ import annotations

import json

from tests.specs.engine import revealed
from tests.specs.reading import FOLDER, cases

HEAD = "# Markers that the engine does not meet, with the engine's own answers. Written by gaps.py.\n"


def main() -> None:
    """Ask the engine about every case."""
    lines = [HEAD]
    for case in cases():
        wrong = {reveal.key: said for reveal, said in revealed(case).items() if said != reveal.expected}
        if wrong:
            lines.append(f"[{json.dumps(case.name, ensure_ascii=False)}]\n")
            lines += [f"{json.dumps(key)} = {json.dumps(said)}\n" for key, said in wrong.items()]
            lines.append("\n")
    (FOLDER / "gaps.toml").write_text("".join(lines).rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
