"""What all tests share: the hypothesis profiles."""

import os

from hypothesis import settings

# Nothing is timed: a slow machine is no fault of the code. In CI the same examples run each time.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
