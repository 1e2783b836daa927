"""The same password hashes as in production, at a fraction of their cost."""

from phr.accounts.hashing import CalmArgon2PasswordHasher


class QuickArgon2PasswordHasher(CalmArgon2PasswordHasher):
    time_cost, memory_cost, parallelism = 1, 64, 1
