"""What happened in the demo, as calls of services; a module for each kind of thing."""
