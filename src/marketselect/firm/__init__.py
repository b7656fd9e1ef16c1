"""A firm and what its markets are to it: facts of pairs and products, as observations."""
