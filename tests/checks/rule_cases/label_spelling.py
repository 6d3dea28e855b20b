"""Ways of writing one label, each in a set where most rows have another, and labels that only look alike."""


def rows(case):
    """Rows of a set of labels: five with the first of the pair, one with the second."""
    usual, other = case
    return [{"input": f"row {n} of {usual}", "label": label} for n, label in enumerate([usual] * 5 + [other])]


WRONG = [
    ("Refund", "refund"),
    ("Refund", "REFUND"),
    ("refund", "Refund "),
    ("refund", " refund"),
    ("refund", "refund."),
    ("refund", "“refund”".replace("“", '"').replace("”", '"')),
    ("lost_card", "lost card"),
    ("lost card", "Lost-Card"),
    ("lost_card", "LOST_CARD"),
    ("late delivery", "late  delivery"),
    ("late delivery", "late delivery,"),
    ("delivery", "delivery\n"),
    ("Rückgabe", "rückgabe"),
    ("Straße", "STRASSE"),
    ("café", "cafe\u0301"),
    ("возврат", "Возврат"),
    ("ödeme", "ÖDEME"),
    ("退款", "退款 "),
    ("refund", "ｒｅｆｕｎｄ"),
    ("yes", "Yes"),
    ("yes", "Yes!"),
    ("true", "True"),
    ("order:status", "Order:Status"),
    ("non-food", "non_food"),
    ("lost card", "lostcard"),
    ("lost_card", "lostCard"),
    ("refund", "re\u200bfund"),
    ("refund", "re\u00adfund"),
]
RIGHT = [
    ("Refund", "Refunds"),
    ("A", "A+"),
    ("B-", "B"),
    ("a", "A"),
    ("1", "-1"),
    ("1", "1.0"),
    ("C", "C++"),
    ("C#", "C"),
    ("C++", "C#"),
    ("order", "orders"),
    ("lost card", "lost cards"),
    ("A B", "AB"),
    ("1 2", "12"),
    ("non-food", "food"),
    ("yes", "yes?"),
    ("3 stars", "4 stars"),
    ("0", "O"),
    ("card", "card (lost)"),
    ("mail", "e-mail"),
    ("résumé", "resume"),
    ("مرحبا", "مرحب"),
    ("退款", "退货"),
    (">50", "<50"),
    ("p=0", "p=1"),
]
