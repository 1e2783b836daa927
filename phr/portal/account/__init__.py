"""One's own account: who one is, how one signs in, what one is told, and leaving."""
