"""What the faces share: request origin, admin site, error translation."""
