"""The access ledger: rows are only ever added."""
