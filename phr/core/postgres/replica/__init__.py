"""The same for a replica, for which nobody waits long: the primary answers, too."""
