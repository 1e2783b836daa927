"""Backups in one encrypted file each, for small installations (docs/restore.md)."""
