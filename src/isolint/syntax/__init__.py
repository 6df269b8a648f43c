"""Source text: parsing, walking, positions, comments. The only layer that knows how libcst stores things."""
