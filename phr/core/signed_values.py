"""Values that went through a stranger's hands, signed."""

import zlib

from django.core import signing

# What reading one raises that is not signed by us, or is, and says nothing of use.
UNREADABLE = (
    *(signing.BadSignature, ValueError, TypeError, AttributeError),
    *(ArithmeticError, RecursionError, zlib.error),
)
