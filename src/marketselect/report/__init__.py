"""What a person sees of a ranking: the terminal's tables, pictures, pages and workbooks."""
