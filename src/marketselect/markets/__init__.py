"""Names and codes of markets, from an embedded table; nothing is guessed."""
