"""Judges, probes and the report."""
