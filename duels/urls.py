from django.urls import path

from duels.telegram.webhook import webhook

urlpatterns = [path("telegram/webhook/", webhook, name="telegram-webhook")]
