"""Where observations come from: the embedded snapshot, files, the World Bank, proximity."""
