"""A notice in words and buttons, in its reader's language, as things stand at the moment of sending."""

from django.utils import translation

from duels.models import Notice
from duels.notices import Kind
from duels.telegram.texts import (
    account,
    commands,
    duel,
    moderation,
    profile,
    refusals,
    reports,
    results,
    rooms,
    search,
    training,
    web,
)
from duels.telegram.texts.words import Message, Write

__all__ = ["Message", "render"]

CATALOGUE: dict[str, Write] = {
    **search.CATALOGUE,
    **rooms.CATALOGUE,
    **duel.CATALOGUE,
    **results.CATALOGUE,
    **profile.CATALOGUE,
    **account.CATALOGUE,
    **commands.CATALOGUE,
    **reports.CATALOGUE,
    **moderation.CATALOGUE,
    **training.CATALOGUE,
    **web.CATALOGUE,
    Kind.REFUSED: refusals.refused,
}


def render(notice: Notice) -> Message | None:
    """None: there is nothing to say any more."""
    name = notice.params["answer"] if notice.kind == Kind.ANSWER else notice.kind
    language = notice.params.get("language") or notice.player.language  # of one who has gone only the notice knows it
    with translation.override(language):
        return CATALOGUE[name](notice)
