"""Plans in code: which calls build one, which values are one, and what runs only when one is driven."""
