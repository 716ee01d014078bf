"""Settings of the whole suite."""

import os

from hypothesis import settings

# No test asserts a time. CI repeats the same examples, so that its answer is about the change;
# elsewhere new ones are tried.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
