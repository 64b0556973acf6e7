import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emotionduel.settings")
http = get_asgi_application()

# These need the apps.
from duels.sockets import sockets  # noqa: E402
from duels.telegram.door import keep_open  # noqa: E402
from emotionduel.leaving import Leaving  # noqa: E402
from emotionduel.limits import every_socket  # noqa: E402

routes = ProtocolTypeRouter({"http": http, "websocket": AllowedHostsOriginValidator(every_socket(URLRouter(sockets)))})
application = Leaving(routes).heed_signals()
keep_open()
