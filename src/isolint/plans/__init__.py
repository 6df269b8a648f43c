"""Plans in code: calls that build one, values that are one, and code that runs only when one is driven."""
