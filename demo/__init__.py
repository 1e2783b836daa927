"""Invented people and records for a first look."""
