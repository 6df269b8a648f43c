"""Outcomes and rules as text: pure functions, no printing."""
