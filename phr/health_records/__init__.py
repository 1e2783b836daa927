"""Health records and the doctors' comments on them."""
