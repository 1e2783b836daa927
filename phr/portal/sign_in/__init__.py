"""Signing in and out, and showing again who one is."""
