"""Nouns, shapes, time, errors, protocols and plugins: what every room above shares."""
