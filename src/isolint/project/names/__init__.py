"""Names of modules, found from the paths of their files, and roles that names suggest by convention."""
