"""Outputs that repeat their input, and those that share much with it rightly."""

ASK = "Please explain why the sky is blue at noon."
COPIES = [ASK, ASK.upper(), ASK + "\n", "please explain why the sky is blue at noon", f"“{ASK}”"]
ANSWERS = [
    (ASK, "Because short waves are scattered more."),
    (ASK, "The sky is blue at noon because short waves scatter."),
    ("Hello!", "Hello!"),
    ("hi there", "Hi there!"),
    ("Repeat after me: the sky is blue.", "The sky is blue."),
    ("Correct this: He go home.", "He goes home."),
    ("1 + 2 - 3", "1 - 2 + 3"),
    ("Fix this Python code.\nif ready == True\n  print('go on now')", "if ready == True:\n  print('go on now')"),
    ("Correct the spelling.\nyesterday we went to paris by train", "Yesterday we went to Paris by train."),
    (ASK, ASK + " It is because short waves scatter more than long ones."),
]
FIELD = "Your parcel left our house on Monday and is on its way to you."
WRONG = [(ASK, text) for text in COPIES] + [
    (FIELD, FIELD),
    (FIELD, FIELD.upper()),
    (f"Rewrite in our house style.\n{FIELD}", FIELD),
    (f"  {ASK}  ", ASK),
    (ASK, f"{ASK}\n\n"),
    (ASK, ASK.replace(" ", "  ")),
    (ASK, ASK.replace(".", "!")),
    ("なぜ空は昼に青く、夕方には赤く見えるのか説明してください。",) * 2,
    ("Объясните, почему небо днём синее, а вечером красное.",) * 2,
    ("Wie lange dauert die Lieferung nach Österreich und was kostet sie?",) * 2,
    ("ما هي أفضل طريقة لتعلم اللغة العربية في المنزل؟",) * 2,
    ("1. wash 2. peel 3. cut 4. boil 5. serve",) * 2,
    ("def add(a, b): return a + b",) * 2,
    ("Write three sentences.\nWrite them about the sea at night.",) * 2,
    (ASK, f"> {ASK}"),
    (ASK, f"Input: {ASK}"),
]
RIGHT = [
    *ANSWERS,
    ("Good morning", "Good morning"),
    ("ping", "ping"),
    ("你好", "你好"),
    ("Repeat this word for word: the sky is blue at noon today.", "the sky is blue at noon today."),
    ("Put a full stop where one is missing.\nThe sky is blue at noon", "The sky is blue at noon."),
    ("Is this sentence right?\nThe sky are blue at noon.", "No: “The sky is blue at noon.”"),
    ("Continue: once upon a time there was a king", "once upon a time there was a king who had three sons."),
    ("Sort: 3 1 2", "1 2 3"),
    ("Write the e-mail again without names.\nDear Ada, the sky is blue.", "Dear customer, the sky is blue."),
    ("Quote the first line of the text.\nThe sky is blue. The sea is green.", "The sky is blue."),
    ("What is 2 + 2?", "2 + 2 is 4."),
    (
        "Proofread; return it unchanged where it is right.\nThe sky is blue at noon today.",
        "The sky is blue at noon today.",
    ),
]
