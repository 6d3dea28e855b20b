"""Label fields that hold several labels, each as a whole set, and ones whose signs stand within a label's name."""


def rows(case):
    """Rows of a set of labels."""
    return [{"input": f"row {n}", "label": label} for n, label in enumerate(case)]


def joined(sign, names=("late", "angry", "damaged", "member")):
    """Fields of one, two and three of these names."""
    a, b, c, d = names
    return [
        a,
        b,
        c,
        d,
        sign.join((a, b)),
        sign.join((a, c)),
        sign.join((b, d)),
        sign.join((a, b, d)),
        sign.join((c, d)),
    ]


SIGNS = ("; ", ";", ", ", ",", "|", " | ", " / ", "/", " + ", "+", " & ", "#", "\n")
WRONG = [joined(sign) for sign in SIGNS] + [
    joined("; ", ("spät", "zornig", "kaputt", "Mitglied")),
    joined(", ", ("tard", "fâché", "cassé", "membre")),
    joined("、".replace("、", ", "), ("晚", "生气", "坏", "会员")),
    joined("; ", ("поздно", "зол", "сломано", "член")),
    joined("|", ("متأخر", "غاضب", "مكسور", "عضو")),
    ['["late"]', '["angry"]', '["late", "angry"]', '["angry", "late"]', '["damaged", "late"]', '["damaged"]'],
    ["['late']", "['angry']", "['late', 'angry']", "['damaged', 'late']", "['damaged']"],
    [*joined("; "), "angry; late"],
    [*joined("; "), "late; late"],
    [*joined(", "), "member,angry,late"],
]
RIGHT = [
    ["late", "angry", "damaged"] * 4,
    ["food & drink", "home & garden", "books & films", "sports"],
    ["R&D", "sales", "legal", "HR"],
    ["n/a", "yes", "no"] * 3,
    ["Washington, DC", "Portland, OR", "Boston, MA"],
    ["C++", "C#", "Java", "Rust"] * 3,
    ["24/7", "weekdays", "weekends"] * 3,
    ["1+1", "2+2", "3+3"],
    ["pros/cons", "facts", "opinion"] * 2,
    ["input/output", "network", "screen", "disk"],
    ["#1", "#2", "#3"] * 3,
    ["late;", "angry;", "damaged;"] * 2,
    ["lost, stolen or broken", "returned", "paid"] * 2,
    ["black & white", "colour"] * 5,
    ["a"] * 8,
    ["1,000", "2,000", "3,000", "4,000"],
    ["1.5", "2.5", "3.5"] * 3,
    ["rock 'n' roll", "jazz", "blues"] * 3,
    ["verspätet/defekt", "storniert", "bezahlt"] * 2,
    ["男/女", "其他", "未知"] * 3,
    ['["late"]', '["angry"]', '["damaged"]'],
    ["tea; herbal", "coffee", "water"] * 2,
]
