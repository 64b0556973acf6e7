import json
import sys
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.speed import Row, boards, spectators  # noqa: E402

ROWS: dict[str, Callable[..., Row]] = {"boards": boards.measure, "spectators": spectators.measure}

answer, sys.stdout = sys.stdout, sys.stderr  # what others print is no answer
call_command("migrate", verbosity=0)
call_command("load_prompts", verbosity=0)
answer.write(json.dumps(ROWS[sys.argv[1]](**json.loads(sys.argv[2]))))
