"""The program: all module summaries linked, and asked for types, calls and drives.

Where to look, from the modules up to the answers:

- Which modules there are, and which depends on which: ``summaries``, ``traits``; of a change, ``interface`` and
  ``dependencies``.
- The types that an expression may have (``types``): ``linker`` works them out by the kind of its symbol, each once and
  circles by a ``fixed_point``. A kind of symbol is a file: names of modules (``module_names``, ``lazy_names``), attributes
  (``attributes``, ``mro``, ``descriptors``), calls (``calls``, ``arguments``, ``special_calls``, ``function_results``,
  ``receivers``, ``entering``), ``containers``, annotations (``declared``). They ask each other through ``resolver``.
- The functions that run when a function does: ``call_graph``, use by use (``callees``); on which class (``overriding``);
  whether a callback that is handed on runs (``escape``, ``argument_matching``, ``callbacks``).
- The functions that drive: ``driving``, one reverse breadth-first search over that graph, and the places in the core that use
  one: ``use_sites``.
- The imports that lead to the shell: ``import_chains``, ``lazy_imports``.
- All of it for one run: ``program``; one module under check, as the rules see it: ``view``.
"""
