"""What drf-spectacular does not know by itself: the problem answers."""

from drf_spectacular.openapi import AutoSchema


class ProblemAutoSchema(AutoSchema):
    """Adds to each operation the problems that it can answer."""
