"""Texts decoded with the wrong alphabet, and right ones with the same letters."""

ASK = "Was steht dort?"
WORDS = [
    "schön und groß",
    "Das Mädchen läuft über die Straße.",
    "à côté de l’été",
    "“quoted” text",
    "it’s – well – fine…",
    "El niño está aquí, ¿verdad?",
    "São Paulo é uma cidade à beira",
    "Ça coûte 5 €",
    "naïve café",
    "π ≈ 3.14",
    "Příliš žluťoučký kůň",
    "Łódź żółw",
    "Привет, мир",
    "Καλημέρα κόσμε",
    "日本語のテキスト",
    "smörgåsbord på ön",
    "Crème brûlée à la carte",
    "don’t do that",
    "Größe: 5 m²",
    "Málaga y León",
    "français très bien",
]
GARBLED = [text.encode("utf-8").decode("cp1252", errors="replace").replace("\ufffd", "") for text in WORDS]
WRONG = [text for text in GARBLED if not text.isascii()]
RIGHT = [
    *WORDS,
    "SÃO PAULO",
    "L’été à la plage",
    "Ångström and Ørsted",
    "price: 5 £ or 6 €",
    "x² + y² = z²",
    "Ã is a letter of Portuguese",
    "plain text only",
    "¡Olé! ¿Qué tal?",
    "مرحبا بالعالم",
    "👩‍👩‍👧 family",
]
WRONG += [
    "ÐŸÑ€Ð¸Ð²ÐµÑ‚, Ð¼Ð¸Ñ€",
    "LâÃ©tÃ© est lÃ\xa0",
    "donâ€™t worry, itâ€™s fine",
    "â€œquotedâ€\x9d text",
    "sch\ufffdn und gro\ufffd",
    "ÃƒÂ¼ber alle Berge",
    "5 â‚¬ a piece",
    "ÎšÎ±Î»Î·Î¼Î­ÏÎ±",
    "SeÃ±or MuÃ±oz",
]
RIGHT += [
    ("Why do I see Ã¤ in my file?", "Because the two bytes of “ä” were read as Latin-1 and became “Ã¤”."),
    ("", "Â is the twentieth letter of this old alphabet"),
    ("", "Øresund, Ærø, Åland"),
    ("", "½ cup, 20 °C, ±3 %, 5 µm"),
    ("", "«Пример» — это слово"),
    ("", "ÂNGELA E JOÃO VÃO À PRAÇA"),
    ("", "Ÿ is rare: L’Haÿ-les-Roses"),
]
