"""The summary of one module as plain data: all that the rest of the program may ask about it.

A summary depends on the bytes of its own file and nothing else. Values in it are symbolic; the linker in
:mod:`isolint.program` resolves them::

    from app.loops import run_sync          function "load": calls symbol 3, line 3
    def load(work):                   ->    symbol 3: bound 0, binding 0: import app.loops.run_sync
        return run_sync(work)

Read ``model`` first: the records; ``symbols`` explains the rows of symbolic values. ``build`` makes the summary from the semantic
index, ``uses`` and ``moves`` the bodies of functions; ``reading`` goes from the bytes of a file to the summary, encoded.
"""
