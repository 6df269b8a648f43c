"""Import roots in words: what they are, and the line of configuration for a folder that may be one."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from isolint.config.document import OWN_NAME
from isolint.config.model import DEFAULT_SRC
from isolint.config.problems import displayed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.config import Config
    from isolint.project.naming import Layout
    from isolint.project.roots import Unrooted

_MOST_TOLD = 5


def root_names(layout: Layout) -> tuple[str, ...]:
    """Return the import roots relative to the folder of the project, sorted, as ``src`` would list them."""
    return tuple(sorted(_relative(source, layout.root) for source in layout.sources))


def described_roots(config: Config, roots: Iterable[str]) -> str:
    """Return a remark that names the import roots of a run."""
    source = "found by what imports resolve to" if config.src == DEFAULT_SRC else "given by `src`"
    return f"import roots, {source}: {', '.join(roots)}"


def src_line(roots: Iterable[str]) -> str:
    """Return the line of a configuration that sets the import roots."""
    quoted = ", ".join(f'"{root}"' for root in sorted(set(roots)))
    return f"src = [{quoted}]"


def unrooted_warnings(config: Config, layout: Layout) -> Iterator[str]:
    """Yield a warning for each folder that an import fits though it is no import root, with the line that makes it one."""
    named = config.source.name if config.source is not None else OWN_NAME
    by_import = groupby(layout.unrooted, key=lambda one: one.folder)
    folders = [(folder, list(found)) for folder, found in by_import]
    for folder, found in folders[:_MOST_TOLD]:
        yield _warning(folder, found, layout, named)
    if len(folders) > _MOST_TOLD:
        more = ", ".join(_relative(Path(folder), layout.root) for folder, _ in folders[_MOST_TOLD:])
        yield f"imports fit more folders that are no import roots: {more}"


def _warning(folder: str, found: list[Unrooted], layout: Layout, configuration: str) -> str:
    first = found[0]
    shown = _relative(Path(folder), layout.root)
    place = f"{displayed(Path(first.importer))}:{first.line}"
    return (
        f"{place} imports `{first.module}`, which looks like a module in {shown}: that is no import root, so the import "
        f"is not followed, and findings may be missing. If it is meant, write this in {configuration}:\n"
        f"{src_line([*root_names(layout), shown])}"
    )


def _relative(folder: Path, top: Path) -> str:
    return Path(os.path.relpath(folder, top)).as_posix()
