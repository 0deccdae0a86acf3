"""Books in their formats, as plain text: one module a format, each with `extract(data, path) -> Extract`."""
