"""Words that break what is written carelessly: directions, invisible letters, marks, halves of letters, markup."""

RTL, LTR, EMBED, POP, ISOLATE = "\u202e", "\u202d", "\u202b", "\u202c", "\u2067"
ZERO_WIDTH, JOINER, SOFT_HYPHEN, BOM = "\u200b", "\u200d", "\u00ad", "\ufeff"
FAMILY = "👩‍👩‍👧‍👦"  # seven code points, eleven UTF-16 units

HOSTILE = (
    f"{RTL}gpj.ecaf",
    f"Ann{RTL}{LTR}{EMBED}{ISOLATE}",
    f"{ZERO_WIDTH}{JOINER}{SOFT_HYPHEN}{BOM}",
    f"A{ZERO_WIDTH}n{JOINER}n",
    "😀" * 4096,
    FAMILY * 300,
    "Z̴̡̛͖̓a̷̢̛l̴g̷o" + "\u0301" * 500,
    "<b>bold</b> & <script>alert(1)</script> <a href='tg://user?id=1'>x</a>",
    "%(name)s {name} {{ name }} {% now %} %s %d",
    "'\"`;--\\",
    "a\0b\x01\x7f\x85\u2028\u2029\n\r\t",
    "\ud83d half \udc00",
    "ﷺ﷽𒐫",
    "-" * 5000,
    "１２３",
    "İıſßŉǰΐ",
    "/signin/../../etc/passwd",
)
