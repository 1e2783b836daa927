"""Django's PostgreSQL backend, which does not ask before each request."""
