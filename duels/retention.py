"""What is kept of persons, why, and for how long: one table. The words on privacy are made of it, and the job that
drops what is old goes by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import barring, signin
from accounts.models import Browser, SignInLink
from duels import arena
from duels.models import Entry, EntryHash, Notice, Update

LETTERS = timedelta(days=7)  # the inbox and the outbox
PHOTO_TRACES = timedelta(days=30)  # by which a photo can be fetched again, or known again
GUESSES = timedelta(days=1)  # at passwords of the admin: the lockout needs them for minutes, who looks into one longer
AT_ONCE = 500  # rows a round: whoever plays meanwhile is not to wait

# What leads to a photo. The score stays, the duel is decided by it.
LEADS_TO_PHOTO: dict[str, Any] = {
    "file_id": "",
    "file_unique_id": "",
    "album": "",
    "content_hash": "",
    "picture_hash": "",
    "frame_ms": None,
}


def session() -> timedelta:
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def minutes(time: timedelta) -> int:
    return round(time.total_seconds() / 60)


@dataclass(frozen=True)
class Kept:
    """`said` is called when it is read, in the reader's language: what, for how long, and why. `fields` by model."""

    said: Callable[[], tuple[str, str]]
    fields: Mapping[str, str]
    on_site: bool = False  # it concerns who comes by browser: the bot need not tell it


LEASE = " lease_until lease_holder tries"
EVERY_FIELD = "*"

KEPT: tuple[Kept, ...] = (
    Kept(
        lambda: (
            _("Your account"),
            _(
                "your Telegram number, your name in the game, language, settings, consents, and what a moderator has"
                " decided on you: until you delete yourself. It is how the bot finds you."
            ),
        ),
        {
            "accounts.Player": "id public_id telegram_id unreachable_at name name_key language created anonymised_at"
            " photos_agreed_at sixteen_at face_for_opponents_at face_for_public_at on_leaderboard_at notifications_at"
            " signed_out_at suspended_until suspension_reason",
            "duels.ModerationAct": "id case player duel what status reason why until by created undone_by undone_at"
            " undone_why former given outcomes" + LEASE,
        },
    ),
    Kept(
        lambda: (
            _("Your duels"),
            _(
                "task, score, rating, where the face was, and which emotions the judge saw: until you delete yourself."
                " Rating and history are made of them; your opponents' keep a nameless mark."
            ),
        ),
        {
            "accounts.Player": "mu sigma ranked wins losses draws streak best_streak worst_streak last faces match_sum"
            " expressive",
            "duels.Duel": "id public_id origin room listed prompt wording status created deadline reminded finished_at"
            " verdict void_reason rated counted",
            "duels.Entry": "id duel player status delivered_at attempt sent_at media forwarded reason score match box"
            " tilt copies copy_of screen held shares valence arousal scorer scorer_version judged_at ended_at place"
            " outcome mu_before sigma_before mu_after sigma_after" + LEASE,
            "duels.BoardFigure": "id player board value kept",
            "duels.Landmark": "id board ranked value player above",
            "duels.Room": "id code owner size rated listed rematch_of status created expires_at",
            "duels.Seat": "id player state room duel since told_at last_opponents partner ready ready_until",
        },
    ),
    Kept(
        lambda: (
            _("Your photos"),
            _(
                "stay with Telegram. We fetch yours to judge it and to draw the result, and drop it at once. For"
                " %(days)d days we keep where Telegram has it, encrypted, and fingerprints of the file and of the"
                " picture of your face: figures by which a picture that is used twice is found out. They tell pictures"
                " apart, not people."
            )
            % {"days": PHOTO_TRACES.days},
        ),
        {"duels.Entry": " ".join(LEADS_TO_PHOTO), "duels.EntryHash": EVERY_FIELD},
    ),
    Kept(
        lambda: (
            _("Letters"),
            _(
                "what you send to the bot, without the name that Telegram tells of you, and what it answers: encrypted,"
                " for %(days)d days, so that nothing is lost if a part of the game stands still."
            )
            % {"days": LETTERS.days},
        ),
        {
            "duels.Update": "id update_id sender payload status received_at handled_at error" + LEASE,
            "duels.Notice": "id player chat_id kind params duel topic status created sent_at message_id repeated error"
            + LEASE,
        },
    ),
    Kept(
        lambda: (
            _("Blocks and reports"),
            _(
                "whom you don't want to meet, until you delete yourself; what you report, for the moderators, and after"
                " that without your name."
            ),
        ),
        {
            "accounts.Block": "id player other created",
            "duels.Report": "id entry reporter reason status created",
            "duels.Case": "id entry status priority flagged version opened_at closed_at",
        },
    ),
    Kept(
        lambda: (
            _("Photos for training"),
            _(
                "none, unless you give one yourself after a duel. It is kept encrypted, with the words that you agreed"
                " to, until you take it back in /my_photos or delete yourself. Of one that was taken back its number"
                " stays, to tell which trainings it was in."
            ),
        ),
        {
            "duels.TrainingPhoto": "id public_id player duel status given_at consent file_id photo text match shares"
            " box tilt" + LEASE,
            "duels.TrainingSet": "id public_id created folder revoked_at cleared_at",
            "duels.SetPhoto": "id training_set photo revoked_at",
            "duels.TrainedWeights": "id training_set digest adopted_at figures revoked_at",
        },
    ),
    Kept(
        lambda: (
            _("A suspension"),
            _(
                "outlasts an erasure: until it ends we keep an unreadable mark of your Telegram number, so that nobody"
                " gets round it. Then the mark goes, too."
            ),
        ),
        {"accounts.Barred": "id digest until reason"},
    ),
    Kept(
        lambda: (
            _("Signing in"),
            _("a link for %(minutes)d minutes, and that a browser of yours is signed in, for %(days)d days.")
            % {"minutes": signin.LINK_SECONDS // 60, "days": session().days},
        ),
        {
            "accounts.SignInLink": "id player digest created expires_at",
            "accounts.Browser": "id player session_key since",
            "sessions.Session": EVERY_FIELD,
        },
        on_site=True,
    ),
    Kept(
        lambda: (
            _("The arena"),
            _(
                "pictures taken there lie encrypted until the result is drawn, %(arena)d minutes at most, the result"
                " too. Who has the duel's address sees it, nobody else. Your network address is kept for a minute,"
                " unreadable, against floods."
            )
            % {"arena": minutes(arena.KEPT)},
        ),
        {
            "duels.ArenaDuel": "id token language prompt wording bet status touched card" + LEASE,
            "duels.ArenaEntry": "id duel seat name drawn won_before status attempt sent_at photo seen place outcome"
            + LEASE,
            "duels.ArenaKnock": "id address at",
        },
        on_site=True,
    ),
    Kept(
        lambda: (
            _("Moderators"),
            _(
                "have accounts here, and what they do is written down. Who you are in the game stands there by number."
                " Who guesses at a password there is kept out by network address, for minutes; what was tried, and from"
                " where, is kept for %(hours)d hours."
            )
            % {"hours": round(GUESSES.total_seconds() / 3600)},
        ),
        {
            "auth.User": EVERY_FIELD,
            "admin.LogEntry": EVERY_FIELD,
            "accounts.SecondFactor": EVERY_FIELD,
            "axes.AccessAttempt": EVERY_FIELD,
            "axes.AccessAttemptExpiration": EVERY_FIELD,
            "axes.AccessFailureLog": EVERY_FIELD,
            "axes.AccessLog": EVERY_FIELD,
        },
        on_site=True,
    ),
)

# Nothing of these is about a person.
OF_NOBODY = {
    *("duels.Prompt", "duels.LiveCounter", "duels.Turn"),
    *("auth.Group", "auth.Permission", "contenttypes.ContentType"),
}


# The job, step by step: each drops what is too old, AT_ONCE rows at most, and says how many.


def steps() -> dict[str, Callable[[], int]]:
    return {
        "updates dropped": drop_updates,
        "notices dropped": drop_notices,
        "traces of photos dropped": drop_traces,
        "hashes dropped": drop_hashes,
        "suspensions of the gone ended": partial(barring.forget_ended, AT_ONCE),
        "links dropped": drop_links,
        "browsers dropped": drop_browsers,
        "guesses at passwords dropped": drop_guesses,
    }


def drop_updates() -> int:
    """Telegram offers an update for a day: long before that nobody asks for its number any more."""
    old = Update.objects.filter(received_at__lt=timezone.now() - LETTERS).exclude(status=Update.Status.WAITING)
    return drop(old.order_by("received_at"))


def drop_notices() -> int:
    old = Notice.objects.filter(created__lt=timezone.now() - LETTERS).exclude(status=Notice.Status.WAITING)
    return drop(old.order_by("created"))


def drop_traces() -> int:
    old = Entry.objects.filter(~Q(file_unique_id=""), sent_at__lt=timezone.now() - PHOTO_TRACES)
    ids = list(old.order_by("sent_at").values_list("pk", flat=True)[:AT_ONCE])
    return Entry.objects.filter(pk__in=ids).update(**LEADS_TO_PHOTO) if ids else 0


def drop_hashes() -> int:
    return drop(EntryHash.objects.filter(created__lt=timezone.now() - PHOTO_TRACES).order_by("created"))


def drop_links() -> int:
    return drop(SignInLink.objects.filter(expires_at__lte=timezone.now()))


def drop_browsers() -> int:
    return drop(Browser.objects.filter(since__lt=timezone.now() - session()))


def drop_guesses() -> int:
    """django-axes itself forgets them only when somebody guesses again."""
    old = timezone.now() - GUESSES
    return sum(
        drop(model.objects.filter(attempt_time__lt=old)) for model in (AccessAttempt, AccessFailureLog, AccessLog)
    )


def drop(rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    model: type[Model] = rows.model
    return model._default_manager.filter(pk__in=ids).delete()[0] if ids else 0
