"""Where errors are told outside of logs: on Django's error pages, and by Python when a process dies."""

import logging
import sys
import threading
import traceback
from types import TracebackType

from django.conf import settings
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from emotionduel.logs import redacted

log = logging.getLogger(__name__)


class Reporter(ExceptionReporter):
    """Django's own hides settings by their names; a token may stand in an address, in any variable of any frame."""

    def get_traceback_html(self) -> SafeString:
        return SafeString(redacted(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        return SafeString(redacted(super().get_traceback_text()))


def tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if settings.LOG_FORMAT == "json" and error is not None:
        log.critical("Nobody caught this", exc_info=(kind, error, trace))
        return
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))


def tell_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit:
        sys.stderr.write(f"Thread {args.thread.name if args.thread else ''}\n")
        tell(args.exc_type, args.exc_value, args.exc_traceback)


def guard_stderr() -> None:
    """For what nobody catches."""
    sys.excepthook = tell
    threading.excepthook = tell_of_thread
