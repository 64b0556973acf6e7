from django.urls import include, path

from duels.telegram.webhook import webhook
from duels.views import arena, duels, front, me, mirror, pictures, players, privacy, webapp
from duels.watch import doors

urlpatterns = [
    path("", front.front, name="index"),
    path("live/", front.catch_up, name="live"),
    path("telegram/webhook/", webhook, name="telegram-webhook"),
    path("arena/", arena.entrance, name="arena"),
    path("arena/redraw/", arena.redraw, name="arena-redraw"),
    path("arena/try/", arena.try_out, name="arena-try"),
    path("arena/<slug:token>/", arena.duel, name="arena-duel"),
    path("arena/<slug:token>/stage/", arena.stage, name="arena-stage"),
    path("arena/<slug:token>/photo/<int:seat>/", arena.photo, name="arena-photo"),
    path("arena/<slug:token>/retry/", arena.retry, name="arena-retry"),
    path("arena/<slug:token>/again/", arena.again, name="arena-again"),
    path("arena/<slug:token>/card.jpg", arena.card, name="arena-card"),
    path("mirror/", mirror.mirror, name="mirror"),
    path("me/", me.me, name="me"),
    path("me/settings/", me.change_settings),
    path("me/data/", me.data),
    path("me/erase/", me.erase),
    path("web-app/", webapp.web_app, name="web-app"),
    path("web-app/settings/", webapp.change_settings),
    path("web-app/erase/", webapp.erase),
    path("privacy/", privacy.privacy, name="privacy"),
    path("players/<public_id:public_id>/", players.player, name="player"),
    path("players/<public_id:public_id>/card.jpg", pictures.player_picture, name="player-card"),
    path("duels/<public_id:public_id>/", duels.duel, name="duel"),
    path("duels/<public_id:public_id>/card.jpg", pictures.duel_card, name="duel-card"),
    path("readyz", doors.readyz, name="readyz"),
    path("metrics", doors.metrics, name="metrics"),
    path("api/", include("duels.api.urls")),
]
