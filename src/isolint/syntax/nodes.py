"""libcst's node classes by name, imported at the first use of one.

Rules are imported for their documentation too, by commands that parse nothing; libcst costs more
start-up time than everything else together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libcst import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
    from libcst import CSTNode as CSTNode  # noqa: PLC0414  # mypy follows no star to a private name
else:

    def __getattr__(name: str) -> type:
        import libcst

        # A node class that this version of libcst lacks is one that no tree of it can hold.
        node_class = getattr(libcst, name, None)
        if node_class is None:
            if not name[:1].isupper():
                raise AttributeError(name)
            node_class = type(name, (), {})
        globals()[name] = node_class
        return node_class
