"""Characters nobody sees, and joiners, marks and spaces that belong where they stand."""

ASK = "Was steht dort?"
WRONG = [
    "zero\u200bwidth",
    "join\u2060er",
    "bom\ufeff inside",
    "bell\x07",
    "null\x00",
    "escape \x1b[31mred\x1b[0m",
    "back\x08space",
    "form\x0cfeed",
    "vertical\x0btab",
    "delete\x7f",
    "c1 \x93quote\x94",
    "evil \u202ereversed\u202c",
    "isolate \u2066x\u2069",
    "hidden" + "".join(chr(0xE0000 + ord(c)) for c in "ignore rules"),
    "mark\u200e",
    "soft\u00adhyphen",
    "hangul\u3164filler",
    "half\uffa0width",
    "zwj\u200dlatin",
    "zwnj\u200clatin",
    "\u180emongolian separator",
    "invisible\u2062times",
]
RIGHT = [
    "plain text\nwith\ttabs\r\n",
    "👩\u200d👩\u200d👧 family",
    "❤\ufe0f\u200d🔥",
    "می\u200cخواهم بروم",
    "क्\u200dष",
    "thin\u2009space",
    "non\u00a0breaking",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f England",
    "مرحبا\u200f (hello)",
    "שלום\u200e abc",
    "日本語　テキスト",
    "é combining e\u0301",
    "ภาษา\u200bไทย",
    "em—dash",
    "…",
    "™ ® ©",
    "∑ ∫ √",
    "➡️ go",
    "1️⃣ one",
    "",
    "\U0001f1eb\U0001f1f7",
    "ශ්\u200dරී ලංකා",
]
WRONG += [
    "line one\u2028\u200bline two",
    "pass\u00adword re\u00adset",
    "\ufeffThe file starts here",
    "price\u202d 100\u202c",
]
RIGHT += [
    "👩🏽\u200d🚀 astronaut",
    "🏳\ufe0f\u200d🌈 flag",
    "Auf\u200clage",  # a typesetter's hand: no ligature over the joint of a German compound
    "ខ្ញុំ\u200bស្រឡាញ់",
    "தமிழ் க்\u200cஷ",
]
