"""Words whose change turns a text into another question: negation, numbers in words, parts of a date."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbered(text: str, first: int, step: int = 1) -> dict[str, str]:
    return {word: str(first + step * n) for n, word in enumerate(text.split())}


NEGATIONS = _set(
    # English, contractions with and without the apostrophe (removed before the look-up)
    "not no never none nothing nobody nowhere neither nor cannot without unable "
    "cant dont wont isnt arent wasnt werent doesnt didnt hasnt havent hadnt couldnt wouldnt shouldnt mustnt "
    "neednt aint "
    # German, French, Spanish, Italian, Portuguese, Dutch
    "nicht kein keine keinen keinem keiner keines nie niemals ohne ne pas jamais aucun aucune rien sans "
    "nunca jamás tampoco ninguno ninguna ningún non mai senza não nem sem niet geen nooit zonder "
    # Russian, Arabic, Hindi, Korean
    "не нет ни никогда без لا ليس لم لن غير بدون नहीं मत न ना बिना 안 못"
)
NEGATING_CHARACTERS = frozenset("不没沒無无非未别別否莫勿")
"""Chinese and Japanese characters that negate what follows; those scripts set no spaces between words."""

NEGATING_ENDINGS = ("ません", "ない", "なかった")
NEGATING_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "de")

NUMBERS = {
    **_numbered("zero one two three four five six seven eight nine ten", 0),
    **_numbered("eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 11),
    **_numbered("twenty thirty forty fifty sixty seventy eighty ninety hundred", 20, 10),
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
    **{word: word for word in _set("first second third fourth fifth half quarter double twice thrice triple dozen")},
}
MONTHS = _set(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
DAYS = _set(
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag heute morgen gestern "
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier demain lunes martes miércoles jueves viernes domingo "
    "hoy mañana ayer"
)
AMBIGUOUS_MONTHS = _set("may march mar sep dec jan apr oct nov jun jul")
"""Month names that are also other words: they count as a date next to a number or after a preposition only."""

BEFORE_A_MONTH = _set("in on of by until till since from during last next early late mid")
PRONOUN = _set("i im id ill ive")
