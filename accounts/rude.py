"""Words that no name holds, in Russian and English. Short on purpose: for what slips through there are reports."""

# Wherever they stand, in other words too.
ANYWHERE = (
    *("fuck", "nigger", "nigga", "faggot", "motherf", "hitler"),
    *("пизд", "ебан", "ебат", "ебал", "ебло", "долбоеб", "пидорас", "пидарас", "гитлер"),
)
# Where a word of the name begins with them.
AT_THE_START = (
    *("cunt", "shit", "bitch", "whore", "slut", "pussy", "penis", "rapist", "nazi", "porn", "wank", "paedo", "pedoph"),
    *(
        "хуй",
        "хуе",
        "хуи",
        "хуя",
        "нахуй",
        "похуй",
        "бляд",
        "блят",
        "мудак",
        "мудил",
        "пидор",
        "пидар",
        "гандон",
        "гондон",
        "шлюх",
    ),
    *("гандон", "гондон", "шлюх", "жопа", "говно", "залуп", "нацист", "педофил", "порно", "ниггер", "чурка"),
)
# As a word of its own alone.
ALONE = ("dick", "cock", "tits", "fag", "rape", "сука", "суки", "бля", "хер", "ебу", "манда", "хач")
