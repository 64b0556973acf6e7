"""The site's own settings; beside its pages an empty one; and a judge of no weight, where LIGHT_JUDGE asks for it."""

import os

from emotionduel.settings import *  # noqa: F403
from emotionduel.settings import INSTALLED_APPS as OWN
from emotionduel.settings import STORAGES as ALL

ROOT_URLCONF = "tests.load.urls"
# As they lie in the tree: to collect and compress them takes long, and nobody looks at pages here.
STORAGES = {**ALL, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
INSTALLED_APPS = [*OWN, *(["tests.load.light.LightJudge"] if os.environ.get("LIGHT_JUDGE") == "1" else [])]
