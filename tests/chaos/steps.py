"""The steps of each kind of process, as its boundaries name them. A run says what it crossed beside these."""

COMMITS_AND_CALLS: dict[str, dict[str, tuple[str, ...]]] = {
    "web": {
        "commit": ("beat", "store"),
        "wake": ("handle_updates",),
    },
    "telegram": {
        "commit": (
            "beat",
            "claimed",
            "handle_once",
            "handle_updates",
            "pair_waiting",
            "renew",
            "sent",
            "settle",
            "put_off",
            "begin",
            "blocked",
        ),
        "wake": ("judge_waiting", "send_notices"),
        "sending": ("answerCallbackQuery", "editMessageText", "sendMessage", "sendPhoto", "getFile", "deleteMessage"),
    },
    "judge": {
        "commit": ("beat", "claimed", "record_score", "renew", "record_failure"),
        "wake": ("send_notices",),
        "judging": ("photos",),
        "sending": ("getFile",),
    },
    "reconcile": {
        "commit": ("take", "pair_waiting", "drop_pair", "expire_one", "remind_one", "tell_one", "start_clock"),
        "wake": ("handle_updates", "judge_waiting", "send_notices"),
    },
}
SLOW = ("sending", "judging")  # in the middle of them, too
# Crossed at a site's first start alone, when there is nothing yet to lose; or by what players hear nothing of.
BESIDE = (
    "first",
    "measure",
    "measure_prompts",
    "getMe",
    "getWebhookInfo",
    "look_at_webhook",
    "give",
    "drop_past",
    "give_up_photos",
    "forget_photos",
    "forget_duels",
    "forget_knocks",
)


def steps() -> tuple[str, ...]:
    found = []
    for kind, whats in COMMITS_AND_CALLS.items():
        for what, names in whats.items():
            for when in ("before", "amid", "after") if what in SLOW else ("before", "after"):
                found += [f"{kind} {when} {what} {name}" for name in names]
    return tuple(found)


STEPS = steps()
