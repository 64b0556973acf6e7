"""The site with a data folder of its own: what lies in a developer's .env and var/ stays out of the tests."""

import atexit
import os
import shutil
import tempfile

os.environ["ENV_FILE"] = os.devnull
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="emotionduel-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from emotionduel.settings import *  # noqa: E402, F403

# A file, not memory: threads that race each other need connections of their own.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405

# As they lie in the tree: to collect them takes longer than most tests.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
# A good hash of a password takes half a second of a processor, and that is no test's subject.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A few drawn faces are shown in hundreds of duels. Tests of copies ask for it.
REFUSE_COPIES = False
