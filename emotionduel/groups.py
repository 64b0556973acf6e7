"""The groups that staff belong to. They come with `migrate`, in a new database and in an old one.

What is here is given; what somebody gives a group beside it stays.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as apps_now
from django.contrib.auth.management import create_permissions

MODERATORS = "Moderators"
ADMINISTRATORS = "Administrators"

# By app: what moderators may. The photos are a permission of their own.
DUELS = ("view_case", "decide_case", "view_photos", "view_moderationact", "view_report", "view_duel", "view_entry")
MAY = {"duels": DUELS, "accounts": ("view_player", "view_block", "view_barred")}


def give(app_config: AppConfig, using: str, apps: Any = apps_now, **kwargs: object) -> None:
    """After each app's migrations: only then are there permissions of it, whoever is asked first to make them."""
    try:
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    found = Permission.objects.using(using).filter(content_type__app_label=app_config.label)
    for name, given in (
        (ADMINISTRATORS, found),
        (MODERATORS, found.filter(codename__in=MAY.get(app_config.label, ()))),
    ):
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*given)
