"""The names of modules by the paths of their files, and what names tell by convention."""
