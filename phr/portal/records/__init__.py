"""A patient's records."""
