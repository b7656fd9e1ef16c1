"""What the data and the scores hold up to: structure, availability, outranking."""
