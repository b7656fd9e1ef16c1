"""Arrays at the door: a decision problem read once, and columns made comparable."""
