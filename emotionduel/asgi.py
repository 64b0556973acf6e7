import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emotionduel.settings")
application = get_asgi_application()

from duels.telegram.door import keep_open  # noqa: E402 (needs the apps)

keep_open()
