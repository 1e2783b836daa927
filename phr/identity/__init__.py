"""The flows by which somebody signs in, proves who they are, and protects an account.

A file for each flow. A function checks, changes, adds the line to the ledger and emits
the event, in one transaction. It takes people, values and times, and never a request.
"""
