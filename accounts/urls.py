from django.urls import path

from accounts import views

urlpatterns = [
    path("signin/", views.how, name="signin"),
    path("signin/telegram/", views.by_telegram, name="signin-telegram"),
    path("signin/<str:token>/", views.by_link, name="signin-link"),
    path("signout/", views.sign_out, name="signout"),
]
