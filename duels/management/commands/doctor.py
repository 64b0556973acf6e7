import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from duels import doctor
from duels.doctor.findings import Finding, Level


class Command(BaseCommand):
    help = "Looks at a deployment and says what to mend. Exits with 1 where something is at fault. Changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--deep", action="store_true", help="have the judge score a drawn face")
        parser.add_argument("--no-judge", action="store_true", help="for machines that judge nothing")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, deep: bool, **options: Any) -> None:
        found = []
        for finding in doctor.examine(deep, with_judge=not options["no_judge"]):
            found.append(finding)
            if not options["json"]:
                self.tell(finding)
        faults = sum(finding.level == Level.FAULT for finding in found)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not faults, "findings": [each._asdict() for each in found]}))
        if faults:
            sys.exit(1)

    def tell(self, finding: Finding) -> None:
        styles = {Level.WARNING: self.style.WARNING, Level.FAULT: self.style.ERROR}
        style = styles.get(finding.level, self.style.SUCCESS)
        self.stdout.write(f"{style(f'{finding.level:8}')} {finding.what}: {finding.said}")
        if finding.cure:
            self.stdout.write(f"{'':8}   {finding.cure}")
