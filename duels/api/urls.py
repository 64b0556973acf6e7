from django.urls import include, path

from duels.api import schema, views

v1 = [
    path("", views.doors, name="api-doors"),
    path("leaderboard/", views.leaderboard, name="api-leaderboard"),
    path("players/<public_id:public_id>/", views.player, name="api-player"),
    path("players/<public_id:public_id>/history/", views.history, name="api-history"),
    path("duels/", views.duels, name="api-duels"),
    path("duels/<public_id:public_id>/", views.duel, name="api-duel"),
    path("prompts/", views.prompts, name="api-prompts"),
    path("live/", views.live, name="api-live"),
]
urlpatterns = [
    path("v1/", include(v1)),
    path("v1/<path:rest>/", views.nothing),
    path("schema/", schema.schema, name="api-schema"),
    path("docs/", schema.docs, name="api-docs"),
]
