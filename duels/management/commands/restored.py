from typing import Any

from django.core.management.base import BaseCommand

from duels import restoring


class Command(BaseCommand):
    help = "Once, after a backup was put back and before anything starts: duels amid play become void, with a word."

    def handle(self, *args: Any, **options: Any) -> None:
        duels, notices = restoring.make_good()
        self.stdout.write(f"{duels} duels void; {notices} messages that wait may arrive a second time")
