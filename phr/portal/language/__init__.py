"""Choosing a language without being signed in."""
