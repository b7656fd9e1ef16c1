"""Rankings over years."""
