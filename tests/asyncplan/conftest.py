import os

from hypothesis import settings

settings.register_profile("asyncplan", max_examples=500 if "CI" in os.environ else 60, deadline=None)
settings.load_profile("asyncplan")
