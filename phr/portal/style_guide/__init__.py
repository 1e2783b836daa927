"""One page that shows all components, for whoever makes pages."""
