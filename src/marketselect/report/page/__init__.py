"""The page: one file that ranks again in the browser."""
