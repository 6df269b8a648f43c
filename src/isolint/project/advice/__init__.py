"""Remarks on a configuration and on a tree that do not fit each other."""
