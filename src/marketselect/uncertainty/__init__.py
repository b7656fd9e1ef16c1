"""How far a ranking can be trusted: other weights, other methods, other choices, other data."""
