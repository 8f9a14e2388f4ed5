"""The notices as data: schema, loader and one TOML file per document."""
