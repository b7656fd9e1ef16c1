"""From a ranking to a few markets held together: how much they lose in bad years, and which."""
