"""Tools for work on this project: servers, `make run`, `make test`, rehearsals.

The product never imports this package.
"""
