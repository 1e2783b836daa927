"""Taking an account away whole, and rebuilding it elsewhere."""
