"""After a new key was put in front of ENCRYPTION_KEYS: when this has run, the older ones may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emotionduel.encryption import NotOurs
from emotionduel.rotation import rotate, sealed_fields


class Command(BaseCommand):
    help = (
        "Seals anew, with the first of ENCRYPTION_KEYS, what older keys have sealed or what lies in plain text from"
        " before. The site may run meanwhile. Interrupted, it may be started again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for field in sealed_fields():
            try:
                count = rotate(field)
            except NotOurs:
                raise CommandError(
                    f"{field} holds what no key of ENCRYPTION_KEYS opens: put the key back that is missing there."
                ) from None
            self.stdout.write(f"{field}: {count.renewed} sealed anew, {count.right} were right")
        self.stdout.write("Everything opens with the first key: the older ones may go.")
