"""What doctors say about a record: reading, writing, changing, deleting."""
