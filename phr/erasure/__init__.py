"""Closing accounts for good."""
