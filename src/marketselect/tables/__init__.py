"""From observations or a wide frame to one checked value for each market and indicator."""
