"""What an answer holds. From here the schema knows it, too."""

from typing import Any

from rest_framework import serializers as fields

from duels import boards
from duels.boards import Board
from duels.models import Duel
from duels.queries import Order
from duels.rules.verdict import Kind, Outcome


class Person(fields.Serializer):
    id = fields.CharField(help_text="Empty for who does not want to be found")
    name = fields.CharField(help_text="Empty for who does not want to be found")


class Standing(fields.Serializer):
    id = fields.CharField()
    name = fields.CharField()
    rating = fields.IntegerField()
    ranked = fields.BooleanField(help_text="The rating is known well enough: without it, pages show a “?”")
    wins = fields.IntegerField()
    losses = fields.IntegerField()
    draws = fields.IntegerField()
    streak = fields.IntegerField(help_text="Above zero wins in a row, below it losses")
    expressive = fields.FloatField(allow_null=True, help_text="The mean match, once there are enough faces")


class Placed(Standing):
    value = fields.FloatField(help_text="What the board goes by: the rating, points gained, or a mean match")


class Player(Standing):
    rank = fields.IntegerField(allow_null=True)
    best_streak = fields.IntegerField()
    worst_streak = fields.IntegerField()
    last = fields.ListField(child=fields.ChoiceField(list(Outcome)), help_text="Outcomes, the newest first")
    emotions = fields.DictField(child=fields.FloatField(), help_text="Mean match where the emotion was asked for")


class Task(fields.Serializer):
    en = fields.CharField()
    ru = fields.CharField()
    judged = fields.CharField(help_text="What the judge was asked")


class Prompt(fields.Serializer):
    slug = fields.CharField()
    en = fields.CharField()
    ru = fields.CharField()
    judged = fields.CharField(help_text="What the judge is asked")
    emotions = fields.ListField(child=fields.CharField())
    difficulty = fields.IntegerField()
    kind = fields.CharField()


class Rating(fields.Serializer):
    before = fields.IntegerField()
    after = fields.IntegerField()


class Entry(fields.Serializer):
    """What the judge saw is null until the duel is over, and for who does not want to be found."""

    player = Person()
    sent = fields.BooleanField()
    place = fields.IntegerField(allow_null=True)
    outcome = fields.ChoiceField(list(Outcome), allow_null=True)
    match = fields.FloatField(allow_null=True, help_text="0-100")
    score = fields.FloatField(allow_null=True, help_text="The cosine of face and prompt; null without a face")
    reason = fields.CharField(allow_null=True, help_text="Why there is no score")
    emotions = fields.DictField(child=fields.FloatField(), allow_null=True, help_text="Shares of one")
    valence = fields.FloatField(allow_null=True, help_text="From -1, unpleasant, to 1, pleasant")
    arousal = fields.FloatField(allow_null=True, help_text="From -1, calm, to 1, excited")
    rating = Rating(allow_null=True, help_text="Null where it did not move")
    scorer = fields.CharField(allow_null=True)
    scorer_version = fields.CharField(allow_null=True)


class DuelOf(fields.Serializer):
    id = fields.CharField()
    status = fields.ChoiceField(list(Duel.Status))
    task = Task()
    created = fields.DateTimeField()
    deadline = fields.DateTimeField(allow_null=True)
    finished = fields.DateTimeField(allow_null=True)
    verdict = fields.ChoiceField(list(Kind), allow_null=True)
    rated = fields.BooleanField(help_text="Ratings moved")
    entries = Entry(many=True)


class Past(fields.Serializer):
    duel = DuelOf()
    outcome = fields.ChoiceField(list(Outcome))
    match = fields.FloatField(allow_null=True)


class Page(fields.Serializer):
    next = fields.URLField(allow_null=True, help_text="The next page; null on the last one")


class Standings(Page):
    results = Placed(many=True)


class History(Page):
    results = Past(many=True)


class Duels(Page):
    results = DuelOf(many=True)


class Prompts(Page):
    results = Prompt(many=True)


class Live(fields.Serializer):
    number = fields.IntegerField(help_text="One more with each start, photo and end of a duel")
    duels = DuelOf(many=True, help_text="Those that run now, the newest first")


class Doors(fields.Serializer):
    leaderboard = fields.URLField()
    duels = fields.URLField()
    prompts = fields.URLField()
    live = fields.URLField()
    schema = fields.URLField()


class Trouble(fields.Serializer):
    detail = fields.CharField()


class Cursor(fields.Serializer):
    cursor = fields.CharField(
        required=False, allow_blank=True, default="", max_length=300, help_text="From “next” of the page before"
    )


class BoardAsked(Cursor):
    board = fields.ChoiceField(boards.names(), required=False, default=Board.RATING)


class HistoryAsked(Cursor):
    order = fields.ChoiceField(
        list(Order), required=False, default=Order.NEWEST, help_text="The newest first, or the best match"
    )


def asked(kind: type[Any], request: Any) -> dict[str, Any]:
    """The query's parameters, or 400 with what is wrong about them."""
    found = kind(data=request.query_params)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)
