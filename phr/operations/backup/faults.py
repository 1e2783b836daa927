"""Why a backup or a restore did not take place."""


class BackupFault(Exception):
    """Something is missing, wrong or in the way; says so in a sentence.

    What it says quotes no key, no password and nothing that is in the database.
    """
