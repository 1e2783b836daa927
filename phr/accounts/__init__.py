"""Users, sign-in, login sessions and tokens."""
