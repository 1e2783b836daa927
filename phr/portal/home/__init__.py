"""The first page: what this is for a visitor, what is new for who is signed in."""
