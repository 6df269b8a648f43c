"""The program: all module summaries linked, and asked for types, calls and drives.

:mod:`isolint.program.linker` resolves symbols to types, each once; :mod:`isolint.program.call_graph` resolves the uses of
each function; :mod:`isolint.program.driving` is one reverse breadth-first search over that graph.
"""
