"""Roles for a project that has none, proposed by ``isolint init`` with the facts for each."""
