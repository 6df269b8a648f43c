"""The source files of a project: found, with the configuration that is in force for each, read and replaced."""
