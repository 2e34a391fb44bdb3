"""Backups of an installation: database, files, and what proves that they came back whole (docs/decisions/0041)."""
