"""Inputs and outputs that say there is none: "No input", "<nooutput>", "[Image of a cat]", "Not applicable".

"None" as the answer to a question that can be answered so is right, and so is a list, a tag or a value in brackets.
Filler as a whole output ("N/A", "TBD") is what the check for filler text finds.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, judged
from curation.checks.texts.column import either, may_end, may_fold, may_match
from curation.records import Findings
from curation.text.normalise import folded


@dataclass(frozen=True)
class Settings:
    # as for filler text: a form in which one answer in fifty is "none" uses it as an answer
    common_answer: float = field(
        default=0.02,
        metadata={"help": "From this share of rows on, a word like “none” is an answer", "min": 0.0, "max": 1.0},
    )


_NEED = (
    r"(?:required|needed|necessary|provided|given|available|specified|supplied|included|applicable|present|attached"
    r"|nécessaire|requis|necesari[oa]|requerid[oa]|necessári[oa]|erforderlich|nötig|vorhanden|требуется|нужен|нужны?)"
)
_SLOT = r"(?:input|output|response|answer|context|text|information|data|content|argument|parameter|example)s?"
NO_INPUT = re.compile(
    rf"(?:(?:additional |further |extra )?input(?: is|:)? ?)?(?:no[ _-]?(?:additional |further |extra "
    rf"|specific )?(?:{_SLOT})"
    rf"(?: (?:is |was |are )?{_NEED})?|(?:input )?not {_NEED}|none(?: (?:is )?{_NEED})?|n\.?/?a\.?|null|nil"
    rf"|nothing|empty"
    rf"|blank|without input|(?:this|the) (?:task|instruction|question) (?:does not|doesn['’]t) (?:need"
    rf"|require) (?:an |any )?"
    rf"input|keine? eingabe(?: {_NEED})?|ohne eingabe|nicht zutreffend|aucune? (?:entrée|donnée)(?: {_NEED})?"
    rf"|pas d['’]entrée"
    rf"|sans objet|sin entrada|ninguna entrada|no hay entrada|no aplica|sem entrada|nenhuma entrada|não se aplica"
    rf"|nessun input|нет (?:ввода|входных данных)|ввод не требуется|без ввода|无输入|無輸入|没有输入|无需输入"
    rf"|不适用|入力なし"
    rf"|なし|입력 없음|لا يوجد (?:إدخال|مدخلات?)|بدون مدخلات|कोई इनपुट नहीं|girdi yok|tidak ada masukan)",
    re.IGNORECASE,
)
_BARE = frozenset({"none", "nothing", "null", "nil", "empty", "blank", "na", "n.a.", "n/a", "なし"})
"""Words that may as well be what a task is about ("Translate: nothing")."""
NO_OUTPUT = re.compile(
    rf"no[ _-]?(?:output|response|answer)s?(?: (?:is |was )?(?:{_NEED}|possible|generated"
    rf"|produced))?(?:(?:[.!]|,? because| as) .{{0,200}})?"
    rf"|(?:output|answer|response)(?: is|:) (?:none|n/?a|empty|blank|not {_NEED})"
    rf"|empty (?:output|response|answer)"
    rf"|(?:this|the) (?:task|instruction|prompt) (?:does not|doesn['’]t) (?:require|need|have|call for) (?:an? "
    rf"|any )?(?:\w+ )?"
    rf"(?:output|answer|response|text)|keine ausgabe(?: {_NEED})?|aucune sortie|pas de sortie|sin salida|ninguna salida"
    rf"|sem saída|nessun output|нет вывода|无输出|沒有輸出|没有输出|出力なし|لا يوجد (?:مخرجات|إخراج)|कोई आउटपुट नहीं",
    re.IGNORECASE,
)
NONE = re.compile(
    rf"none|nothing|(?:none|nothing|not) {_NEED}|keine[rs]?|nichts|aucune?|rien|ninguno|nada|nenhum|nessuno"
    rf"|niente|нет|ничего"
    rf"|nicht zutreffend|sans objet|no aplica|não se aplica|не применимо|无|沒有|没有|不适用|なし|該当なし"
    rf"|لا ينطبق|लागू नहीं",
    re.IGNORECASE,
)
_THING = (
    r"(?:image|picture|photo(?:graph)?|pic|drawing|sketch|painting|illustration|artwork|logo|design|poster|graphic|gif|meme"
    r"|animation|visual|diagram|chart|graph|map|figure|screenshot|video|clip|film|audio|recording|music(?:al)?|melody|tune"
    r"|song|piece|sound|link|file|attachment|document|spreadsheet|presentation|slide|website|attached|web page|output"
    r"|response|answer"
    r"|text|bild|zeichnung|dessin|imagen?|dibujo|desenho|disegno|immagine|рисунок|картинка|изображение|图片|图像|图|画像|صورة"
    r"|चित्र)"
)
_BLANK = re.compile(r"(?:(?:intentionally )?left )?blank|empty", re.IGNORECASE)
"""Said in brackets alone: bare it may be what an unused cell is to hold."""
BRACKETED = re.compile(r"[\[<({*]{1,2}\s*([^\[\]<>(){}*\n]{2,300}?)\s*[\]>)}*]{1,2}[.!]?")
PICTURE = re.compile(r"!\[[^\]\n]{0,100}\]\([^)\n]{0,300}\)|<img\s[^>\n]{0,300}>", re.IGNORECASE)
"""A picture by its address alone: nothing that a model of texts can have drawn."""
_ADDRESS = re.compile(r"\bhtml\b|\btags?\b|\bweb|\bmarkdown\b|\blinks?\b|\burls?\b|!\[", re.IGNORECASE)
_SHOWS = re.compile(rf"(?<!\w){_THING}s?(?!\w)", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:an?|the|some|insert|here is|ein|eine|une?|el|la|una|um|uma) \w+ ", re.IGNORECASE)
_VALUE = re.compile(r"[\w.-]+=|^[\d\s,.;:'\"/+-]+$|https?:|\\|[|=]")
_CREATIVE = re.compile(
    r"^\W*(?:please |can you |could you |now )?(?:write|draw|create|generate|design|compose|describe|explain"
    r"|make|paint|sketch"
    r"|suggest|give|tell|outline|draft|propose|produce|imagine|invent|rewrite|summari[sz]e|translate|discuss|schreib\w*|zeichne"
    r"|beschreib\w*|erkläre|écris|dessine|décris|explique|escrib\w+|dibuja|describ\w+|explica|escrev\w+|desenh\w+|descrev\w+"
    r"|напиши|нарисуй|опиши|объясни|写|画|描述|解释|書い|描い)",
    re.IGNORECASE,
)
_MAY_BE_NONE = re.compile(
    r"\b(?:any|if|whether|none|nothing|n/?a|how many|exist|placeholder|missing|absent|empty|null|tags?|html|brackets?"
    r"|stage direction|token|variable)\b|\bnot applicable\b",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"\b(?:tags?|html|xml|brackets?)\b", re.IGNORECASE)
_TAKEN_UP = re.compile(
    r"[:：]\s*$|\b(?:word|define|definition|meaning|synonym|antonym|term|sign|symbol|character|mark|punctuation|emoji)\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"[-–—._]{1,3}|\"\"|''|\[\]|\(\)|<>|\{\}")
_NAMED = re.compile(r"^(?:input|context|eingabe|entrée|entrada)\s*:\s*", re.IGNORECASE)
_NAMED_NOTHING = re.compile(rf"(?:{_NAMED.pattern})?[\W_]*(?:{NO_INPUT.pattern})", re.IGNORECASE)
TOKEN = re.compile(r"<\s?no[ _-]?(?:in|out)put\s?/?>|\\?<noinput\b", re.IGNORECASE)
"""How Self-Instruct prompts have it written (Wang et al. 2022), which leaks into inputs and answers."""
MARKED = 0.8
SLOT_SURE, BARE_SURE = 0.9, 0.7
"""How sure it is of words that can mean nothing else, and of a bare "none", which a task may be about."""
LONGEST_SLOT, LONGEST_OUTPUT = 100, 400
"""Characters of a line that only says there is none, and of an output that only names what should be there."""


@dataclass(frozen=True)
class Usual:
    """How many rows there are, and how often each output says there is none, folded."""

    rows: int
    nothings: Counter[str]


def usual(shard: Shard, settings: Settings, seed: int) -> Usual:
    """How often outputs of a shard say there is none."""
    column = shard.table["output"]
    texts = map(_plain, column.filter(either(may_end(NONE, NO_OUTPUT), may_fold)(column)).to_pylist())
    return Usual(len(shard), Counter(text for text in texts if NONE.fullmatch(text) or NO_OUTPUT.fullmatch(text)))


def all_usual(states: Sequence[Usual], settings: Settings) -> Usual:
    """How often outputs of the set say there is none."""
    return Usual(sum(state.rows for state in states), sum((state.nothings for state in states), Counter()))


@check(
    "stand_in_text",
    "Says there is none",
    settings=Settings(),
    may_match=either(may_end(_NAMED_NOTHING, _MARK, BRACKETED, PICTURE, NO_OUTPUT, NONE), may_match(TOKEN)),
    fit=usual,
    merge=all_usual,
)
def stand_in_text(shard: Shard, settings: Settings, state: Usual) -> Findings:
    """One finding a row whose input or output only says that there is none, or names what should stand there."""
    most = max(1.0, settings.common_answer * state.rows)

    def rule(row: Row) -> Hit | None:
        hits = [_no_input(row, shard.labels), *_marked(row, shard.labels)]
        if not shard.labels:
            hits.append(_no_output(row, state.nothings[_plain(row.output)] > most))
        return max(filter(None, hits), key=lambda hit: hit.confidence, default=None)

    return judged("stand_in_text", shard, rule)


def _plain(text: str) -> str:
    return folded(text).strip(" .!")


def _bare(text: str) -> str:
    """The text without brackets, quotes and marks around it."""
    return text.strip(" \t[](){}<>*_\"'“”.!-:").strip()


def _no_input(row: Row, labels: bool) -> Hit | None:
    """An input, or the line below its instruction, that says there is none."""
    instruction, _, slot = row.input.rstrip().rpartition("\n")
    if labels and not instruction.strip():
        return None  # the check for filler text reads these
    shown = slot.strip()
    text = _bare(_NAMED.sub("", shown))
    is_mark = _MARK.fullmatch(shown) is not None and "\n" not in instruction.strip() and bool(instruction.strip())
    is_mark = is_mark and not labels and not _TAKEN_UP.search(instruction)
    if not shown or len(shown) > LONGEST_SLOT or not (is_mark or NO_INPUT.fullmatch(text)):
        return None
    is_word = is_mark or text.casefold() in _BARE
    sure = 0.3 if is_word and _TAKEN_UP.search(instruction) else BARE_SURE if is_word else SLOT_SURE
    start = len(row.input.rstrip()) - len(slot.lstrip())
    evidence = {"field": "input", "found": cut(shown)}
    message = f"The input says that there is none: “{cut(shown, 60)}”."
    return Hit(sure, message, evidence, spans=[("input", start, start + len(shown))])


def _marked(row: Row, labels: bool) -> Iterator[Hit]:
    """The mark of a generator that there is none, wherever it stands."""
    for name, text in {"input": row.input, "output": "" if labels else row.output}.items():
        match = TOKEN.search(text)
        if match is not None:
            message = f"The {name} contains a mark for a missing value: “{match.group()}”."
            yield Hit(MARKED, message, {"field": name, "found": match.group()}, spans=[(name, *match.span())])


def _no_output(row: Row, common: bool) -> Hit | None:
    """An output that says there is none, or only names what should be there."""
    shown, asked = row.output.strip(), row.input
    if not shown or len(shown) > LONGEST_OUTPUT or common:
        return None
    sure = _sure(shown, asked)
    if sure is None or shown.casefold() in asked.casefold():
        return None
    evidence = {"field": "output", "found": cut(shown)}
    start = row.output.find(shown)
    message = f"The output is a placeholder for something that is missing: “{cut(shown, 60)}”."
    return Hit(sure, message, evidence, "drop" if sure >= 0.8 else "look", [("output", start, start + len(shown))])


def _sure(shown: str, asked: str) -> float | None:
    """How sure it is that an output stands for one that is not there; None where it is an answer."""
    inside = BRACKETED.fullmatch(shown)
    if inside is not None and not _VALUE.search(inside[1]) and not _SIGNS.search(asked):
        named = inside[1].strip(" /")
        if (
            NO_OUTPUT.fullmatch(named)
            or _BLANK.fullmatch(named)
            or _SHOWS.search(inside[1])
            or _ARTICLE.match(inside[1])
        ):
            return 0.85
        names = shown[0] in "[<" and inside[1][:1].isalpha() and " " in inside[1]
        return 0.4 if names and _CREATIVE.match(asked) else None
    if _MAY_BE_NONE.search(asked):
        return None
    if PICTURE.fullmatch(shown) and not _ADDRESS.search(asked):
        return 0.7
    if NO_OUTPUT.fullmatch(_bare(shown)):
        return 0.8
    return 0.75 if NONE.fullmatch(_bare(shown)) and _CREATIVE.match(asked) else None
