"""What names mean: scopes, bindings, and the catalogue of what is known of libraries."""
