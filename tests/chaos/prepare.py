"""What `manage.py start` does before it starts anything, in one process; and of the prompts only a few."""

import os

import django
from django.core.management import call_command

FEW = 8


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")
    django.setup()
    from duels.models import Prompt

    call_command("migrate", verbosity=0)
    call_command("load_prompts", verbosity=0)
    call_command("telegram", "setup", verbosity=0)
    Prompt.objects.exclude(pk__in=Prompt.objects.order_by("pk").values_list("pk", flat=True)[:FEW]).delete()


if __name__ == "__main__":
    main()
