"""A doctor's licence: whether staff have verified it, and handing it in."""
