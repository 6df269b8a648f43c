r"""Per-module semantics of one syntax tree: scopes, bindings, reaching definitions, narrowing, facts.

Built once from the tree and the name of its package, and immutable from then on. It asks no other file::

    index = build(ast.parse("import asyncio as aio\naio.run(main())"), package="app")

``index.reads`` then says that ``aio`` on the second line is bound by the import on the first one.

Read ``scopes`` and ``facts`` first: the records. The text is walked once, by ``statements``, ``expressions`` and
``patterns``; ``builder`` holds the place of the walk and what was recorded so far, ``use_def`` the definitions in force there.
"""
