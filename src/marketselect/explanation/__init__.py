"""Why a market stands where it does, and what would move it."""
