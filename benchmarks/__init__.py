"""Figures for docs and reviews; nothing here is a test."""
