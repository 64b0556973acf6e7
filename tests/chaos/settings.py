"""The site's own settings, and in each process the places where a test may have it killed."""

from emotionduel.settings import *  # noqa: F403
from emotionduel.settings import INSTALLED_APPS as OWN
from emotionduel.settings import STORAGES as ALL

INSTALLED_APPS = [*OWN, "tests.chaos.boundaries.Boundaries"]
# As they lie in the tree: to collect and compress them takes long, and nobody looks at pages here.
STORAGES = {**ALL, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
