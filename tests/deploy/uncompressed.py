"""The site's own settings; but styles and scripts are not compressed: that takes long, and proves nothing."""

from emotionduel.settings import *  # noqa: F403
from emotionduel.settings import STORAGES as ALL

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
STORAGES = {**ALL, "staticfiles": {"BACKEND": MANIFEST}}
