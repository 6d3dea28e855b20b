"""Outputs that stop before they are finished: in the middle of a word or clause, at an open bracket or code block, or
where a list or a colon promises more (free text).

A missing full stop alone is no evidence: lists, titles, verse, sources, quotations, signatures and formulas need none.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import (
    CUT,
    Hit,
    Outputs,
    Row,
    free_text,
    judged,
    outputs,
)
from curation.checks.texts.forms import code, is_code_line
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    # where sentences often end without a stop, "what it is for" may be whole
    peers: float = field(
        default=0.5,
        metadata={
            "help": "A last word that may end a sentence counts if this share of longer outputs end properly",
            "min": 0.0,
            "max": 1.0,
        },
    )


LONGER, FEWEST = 20, 5
"""Words from which on an output is expected to be sentences, and such outputs from which their share means anything."""
NEAR = 50
"""Words of the set behind half a word that are looked at."""
LINE, MOST_COMMAS = 4, 2
"""Words of a line that is a title, a greeting or a signature, and commas of a sentence that is no list."""
CLOSING = 3
"""Last words of an output that mark it as a farewell: "all the best"."""
MANY, NEARLY_ALL = 50, 0.9
"""Longer outputs, and the share of them that end properly, from which on a paragraph without its last full stop is
odd: on 14,534 rated rows of two such sets it flags 4, on 2,996 of a careless one it would flag 37 whole ones."""
HABIT, HANGING = 0.02, 0.2
"""Share of the longer outputs that have all full stops but the last, from which on that is the way they are written,
unless so many of these stop at a word that ends no sentence, as 40 % of cut rows do. On 3,000 restaurant descriptions
that people wrote it is 3.0 %, of which 7 % hang (14 of 15 read were whole); on five rated sets it is .4 to .9 %."""
KINDS = 20
"""Marks of last lines that are counted of a shard: one that nearly all have is among the commonest."""
SURE, PROBABLE, HARDLY, POSSIBLE = 0.85, 0.65, 0.55, 0.4
"""How sure it is of a word that never ends a sentence, of one that seldom does, of a full stop that a paragraph lacks
beside all its others, and of a word that often ends a sentence."""
_CLOSERS = "\"'”’»›)]}*_`~>$|」』）】"
_ENDS = re.compile(rf"[.!?…。！？؟۔।॥։。;]'?[{re.escape(_CLOSERS)}\s]*$")
# a word that needs another one after it, whatever comes before
_NEVER_LAST = re.compile(
    r"(?<![\w'’.\u0900-\u0dff])(?:the|an?|and|and then|or|nor|of|than|because|although|whereas|unless|whose"
    r"|every|their|your"
    r"|our|my|via|per|e\.g"
    r"|le|les|des|du|une?|et|ou|que|qui|dont|dans|pour|avec|sur|der|das|und|oder|ein|eine[nmrs]?|dem|den|dass|weil|wenn|für"
    r"|von|vom|zum|zur|el|los|las|y|de|con|por|para|cuando|porque|os|e|com|uma?|quando|il|lo|gli|della?|dei|nella?"
    r"|и|или|в|во|на|с|к|ко|из|у|о|об|от|для|что|чтобы|который|которая|которые|потому|если|когда|не"
    r"|و|في|من|على|إلى|عن|أن|التي|الذي|और|के|की|का|में|से|कि|को|ve|ile|için|dan|yang|untuk|dengan)$",
    re.IGNORECASE,
)
# an article that is another word elsewhere ("to die", "la la la"), behind a word that shows which it is
_ARTICLE_LAST = re.compile(
    r"(?:,|(?<!\w)(?:weil|und|oder|dass|wenn|für|durch|ohne|um|auf|über|unter|zwischen|sind|wird|werden|kann|wie)) die$"
    r"|(?<!\w)(?:à|de|dans|sur|par|avec|et|est|pour|en|sous|vers|que|por|con|a|y|es|sobre|entre|para"
    r"|di|per|che) (?:la|lo|le)$"
    r"|(?<!\w)(?:igual|frente|junto|respecto|debido|gracias|llegar|llega|va|pasa|cerca|uguale|fino|intorno"
    r"|davanti) (?:al|a)$"
    r"|(?<!\w)(?:que|para|com|por|entre|sobre) (?:o|a|os|as)$|(?<![\w'’.])(?:del|aux|dell['’]|nel|sul)$"
    r"|(?<!\w)(?:zu|mit|bei|nach|aus|in|an|von) (?:der|die|das|dem|den|einem|einer)$"
)
# a word that ends a sentence where something stands before it that it belongs to: "What is it for", "if I can"
_SELDOM_LAST = re.compile(
    r"(?<![\w'’])(?:to|in|on|at|for|with|from|by|as|that|which|who|is|are|was|were|be|been|has|have|had|will|would|can|could"
    r"|should|may|might|must|if|when|while|into|onto|about|between|its|his|these|those|such|very|but|so|it's|they're)$",
    re.IGNORECASE,
)
_BELONGS = re.compile(
    r"\b(?:what|who|which|where|whom|whose|how|why|than|as|if|so|whether|whatever|nothing|something|anything|place|way)\b",
    re.IGNORECASE,
)
# "What are you looking at"
_STRANDED = re.compile(
    r"^\W*(?:what|who|which|where|whom|whose)\b.*\b(?:of|to|in|on|at|for|with|from|by|about|into)$", re.I
)
# a clause that another one has to follow, and a sentence that has only begun
_HANGING = re.compile(
    r"^(?:if|when|while|although|though|because|since|before|after|once|unless|as soon as|whenever|wenn|weil"
    r"|obwohl|während"
    r"|si|quand|lorsque|bien que|cuando|aunque|porque|если|когда|хотя)\s[^,;:]{8,}$",
    re.IGNORECASE,
)
_BEGUN = re.compile(
    r"^(?:the|an?|this|these|those|its?|he|she|they|we|you|there|however|moreover|additionally|furthermore|also|another"
    r"|finally|therefore|in|on|at|for|with|by|from|der|die|das|ein|eine|es|er|sie|wir|le|la|les|il|elle|el|los|las|un|una),?"
    r"(?:\s[^\s]+){0,2}$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[a-zß-ÿ0-9)\"”а-я][.!?])\s+(?=[\"“(]?\w)")
_MARKER = re.compile(r"(?:^|\n)[ \t]*(?:\d{1,2}[.)]|[-*•–])[ \t]*$")
_ITEM = re.compile(r"^[ \t]*(?:\d{1,2}[.)]|[-*•–])[ \t]+\S", re.MULTILINE)
_SIGNED = re.compile(
    r"(?:yours|sincerely|regards|best|kind|warm|with|love|cheers|thanks?|respectfully|signed|faithfully"
    r"|cordially|in hope"
    r"|source|sources|from|via|credit|p\.?s)\b|.*(?:#|https?:|//)",
    re.IGNORECASE,
)
_ITEM_MARK = re.compile(r"\d{1,2}[.)]")
_VALUE = re.compile(r":\s*[\d\s.,:/+-]+$")
_STOPPED = re.compile(r"[.!?。؟।;][\"'”’)*]{0,3}$")
_LIST = re.compile(
    r"^\s*(?:[-*•–+>|#]|\d{1,3}[.)]|[a-zA-Z][.)]|\[.\]|step \d+|\d{1,2}:\d\d|\d{3,4}:)(?:\s|$)", re.IGNORECASE
)
_FORMULA = re.compile(
    r"^####|=\s*\S+$|\s[-+*/<>]\s\S+$|[\d%$€£]\s*$|\\\)|\\\]|https?://\S+$|\S+@\S+$|^\s*[A-Za-z][\w ]{0,20}:\s|#\w+$"
)
_UNSPACED_LAST = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff](?:的|和|与|或|在|是|把|被|因为|所以|以及|如果|を|は|と|や)$|[、，]$"
)
_WORD_END = re.compile(r"[\w,(\[{&/–—\u0900-\u0963\u0966-\u0dff-]$")
_LAST_WORD = re.compile(r"(?<![\w'’-])[^\W\d_]{2,}$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_OPENED = re.compile(r"(?<![:;=8xX])\([^()\n]{3,200}$")
# a statement that has only begun, a block without its body, and a word that says nothing by itself
_OPERATOR = re.compile(
    r"(?:[^\s+]\s(?:[-+*/%|&^<>!=]?=|[-+*/%<>]|&&|\|\||\?)|,|\b(?:and|or|not|in|is|new|var|let|const))$"
)
_HEADER = re.compile(r"^\s*(?:if|elif|for|while|with|def|class|switch|foreach|try)\b(?P<rest>.*)$")
_WHOLE_HEADER = re.compile(r"[;})\]]\s*$|:\s*\S|\b(?:fi|done|end|esac|pass|then|do|return|print|echo)\b")
_BARE_NAME = re.compile(r"^[ \t]+[a-z_]\w{2,}$", re.IGNORECASE)
_KEYWORD = re.compile(
    r"^\s*(?:pass|break|continue|return|end|else|fi|done|esac|raise|yield|true|false|none|null|nil|begin|loop|next|self)$",
    re.I,
)
_PYTHON = re.compile(
    r"^\s*(?:def \w+\(.*\)|(?:if|for|while|with|elif) .+|else|try|class \w+.*):\s*(?:#.*)?$", re.MULTILINE
)
_STATEMENT = re.compile(r"[;{}(),:>\]\\]\s*(?://.*|/\*.*)?$|^\s*(?://|/?\*|#)")
_MARK = re.compile(r"[ \t]*([#=*_>]{2,6}(?=\s?\S)|[*_]{0,2}[^\W\d_]+(?: [^\W\d_]+){0,2}[*_]{0,2}[:：])")
_NAME = re.compile(r"[A-Za-z_]\w{2,}")
MANY_STATEMENTS = 3
"""Lines that end with a semicolon from which on the language is one that needs it."""
_PAIRS = {")": "(", "]": "[", "}": "{"}
_STRINGS = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`\n]*`"
# languages differ in what hides a bracket, so all of these readings must find it open
_HIDING = ("(?!)", _STRINGS, rf"{_STRINGS}|#[^\n]*", rf"{_STRINGS}|//[^\n]*|/\*.*?\*/")
_READINGS = [re.compile(hiding, re.DOTALL) for hiding in _HIDING]


@dataclass(frozen=True)
class Endings:
    """What some outputs are, how many are longer prose, how many of these end properly, and the words within them.

    `bare` are those with all full stops but the last, `hanging` those of them that stop where no sentence ends.
    `lines` are the outputs of several lines, `last` how the last of these begin; `closings` the last words of outputs.

    The last word of a text that stops without a mark is not among `words`: it may be the half of one.
    """

    outputs: Outputs
    prose: int
    ended: int
    bare: int
    hanging: int
    words: frozenset[str]
    lines: int
    last: Counter[str]
    closings: Counter[str]


@dataclass(frozen=True)
class Usual:
    """Share 0..1 of the longer prose outputs that end properly (1 where too few tell), and all words in their order;
    `is_strict` where nearly all of many outputs end properly, `last` how the last line begins of nearly all, `closings`
    the last words of nearly all."""

    rate: float
    words: Sequence[str]
    is_strict: bool
    last: str
    closings: frozenset[str]

    def is_half_a_word(self, word: str, longer: int) -> bool:
        """Whether the set has words that begin like it, longer by so many letters or more, and never this one."""
        at = bisect_left(self.words, word)
        near = self.words[at : at + NEAR]
        return self.is_new(word) and any(w.startswith(word) and len(w) >= len(word) + longer for w in near)

    def is_new(self, word: str) -> bool:
        """Whether no output has the word."""
        at = bisect_left(self.words, word)
        return at == len(self.words) or self.words[at] != word


def endings(shard: Shard, settings: Settings, seed: int) -> Endings:
    """How the outputs of a shard end, and their words."""
    seen = outputs(shard, settings, seed)
    texts = [text.rstrip() for text in shard.values("output")] if seen.some else []
    ends = [bool(_ENDS.search(text)) for text in texts]
    words: set[str] = set()
    for text, ended in zip(texts, ends, strict=True):
        found = _WORD.findall(text.lower())
        words.update(found if ended else found[:-1])
    longer = [n for n, text in enumerate(texts) if len(text.split()) >= LONGER and not code(text)]
    bare = [left for n in longer if not ends[n] and (left := _without_its_stop(texts[n]))]
    opened = [_opening(text) for text in texts]
    last = Counter(each for each in opened if each)
    closings = Counter(map(_closing, texts))
    kinds = (Counter(dict(each.most_common(KINDS))) for each in (last, closings))
    counts = len(longer), sum(ends[n] for n in longer), len(bare), sum(map(_hangs, bare))
    return Endings(seen, *counts, frozenset(words), len(texts), *kinds)


def _without_its_stop(text: str) -> str:
    """The last sentence of a text of several that lacks its mark; "" of any other text."""
    last = text.splitlines()[-1] if text else ""
    sentences = _SENTENCE_END.split(last)
    is_bare = len(sentences) > 1 and _WORD_END.search(text) and not _LIST.match(last)
    return sentences[-1].strip() if is_bare else ""


def _hangs(sentence: str) -> bool:
    """Whether it stops at a word or mark that ends no sentence."""
    tells = _NEVER_LAST, _ARTICLE_LAST, _HANGING, _BEGUN
    return sentence[-1:] in ",([{&-–—" or _ends_seldom(sentence) or any(each.search(sentence) for each in tells)


def _ends_seldom(sentence: str) -> bool:
    """Whether its last word seldom ends one; the month May does."""
    return _SELDOM_LAST.search(sentence) is not None and not sentence.endswith(" May")


def _closing(text: str) -> str:
    """The last words of a text of some length, as in "Have a good day"; "" of a shorter one."""
    words = text.casefold().split()
    return " ".join(words[-CLOSING:]) if len(words) >= LONGER // 2 else ""


def _opening(text: str) -> str:
    """The mark that the last line of several begins with, as in "#### 42" or "Answer: B"; "" where it has none."""
    before, _, last = text.rpartition("\n")
    found = _MARK.match(last) if before.strip() else None
    return found.group(1).casefold() if found is not None else ""


def usual(states: Sequence[Endings], settings: Settings) -> Usual:
    """How the longer prose outputs of the set end, and its words. Raises NotChecked on labels."""
    free_text("which cannot be cut off")([state.outputs for state in states], settings)
    prose = sum(state.prose for state in states)
    rate = sum(state.ended for state in states) / prose if prose >= FEWEST else 1.0
    bare, hanging = sum(state.bare for state in states), sum(state.hanging for state in states)
    is_habit = bare >= HABIT * prose and hanging < HANGING * bare
    words = sorted(frozenset[str]().union(*(state.words for state in states)))
    last = sum((state.last for state in states), Counter[str]())
    commonest, times = max(last.items(), key=lambda one: one[1], default=("", 0))
    lines = sum(state.lines for state in states)
    is_usual = lines >= MANY and times >= NEARLY_ALL * lines
    closings = sum((state.closings for state in states), Counter[str]())
    common = {said: rows for said, rows in closings.items() if rows >= FEWEST and said}
    is_closed = lines >= MANY and sum(common.values()) >= NEARLY_ALL * lines
    return Usual(
        rate,
        words,
        prose >= MANY and rate >= NEARLY_ALL and not is_habit,
        commonest if is_usual else "",
        frozenset(common) if is_closed else frozenset(),
    )


def figures(state: Usual, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, and the share of outputs that end properly."""
    return {"rows": counts["rows"], "peers_ending_properly": state.rate}


@check("truncated", "Cut-off outputs", settings=Settings(), fit=endings, merge=usual, summary=figures)
def truncated(shard: Shard, settings: Settings, state: Usual) -> Findings:
    """One finding an output that stops too early; not checked on a classification set."""

    def rule(row: Row) -> Hit | None:
        text = row.output.rstrip()
        found = _open_code(text, row.input) or _cut_off(text, row.input, state, settings.peers)
        if found is None and state.last and text and _opening(text) != state.last:
            found = PROBABLE, f"lacks the last line of nearly all others, which begins with “{state.last}”"
        if found is None and state.closings and _WORD_END.search(text) and _closing(text) not in {"", *state.closings}:
            found = PROBABLE, "lacks the closing words of nearly all others"
        if found is None:
            return None
        sure, why = found
        evidence = {"end": text[-CUT:], "why": why, "peers_ending_properly": round(state.rate, 4)}
        last = max(text.rfind(" "), text.rfind("\n")) + 1
        return Hit(sure, f"The output {why}.", evidence, spans=[("output", last, len(text))])

    return judged("truncated", shard, rule)


def _open_code(text: str, asked: str) -> tuple[float, str] | None:
    """What program text or JSON leaves open."""
    if len(re.findall(r"^[ \t]*(?:```|~~~)", text, re.MULTILINE)) % 2:
        return SURE, "leaves a code block open"
    if text[:1] in "{[" and text[-1:] not in "}]" and len(text) > 1 and '"' in text and _open(text):
        return SURE, "leaves a bracket open"
    if not code(text):
        return None
    if _open(text):
        return 0.7, "leaves a bracket open"
    why = _unfinished(text, asked)
    return (PROBABLE, why) if why else None


def _unfinished(text: str, asked: str) -> str:
    """How the last line of a program breaks off; "" where it may be whole."""
    lines = [line for line in text.splitlines() if line.strip()]
    last = lines[-1]
    # what a comment or a sentence says below a program is not program text
    if re.search(r"^\s*(?:#|//|/?\*|--|<)|//|\s#\s|[.!?][\"'”)]*$", last) or len(lines) < 2:
        return ""
    header = _HEADER.match(last)
    if header is not None and header["rest"].strip() and not _WHOLE_HEADER.search(last):
        return "ends with the head of a block"
    if _OPERATOR.search(last.rstrip()):
        return "stops in the middle of a statement"
    if _shell_is_open(text):
        return "leaves a block open"
    if _BARE_NAME.match(last) and not _KEYWORD.match(last) and _PYTHON.search(text):
        return "stops in the middle of a statement"
    ends = [bool(_STATEMENT.search(line)) for line in lines]
    if sum(line.rstrip().endswith(";") for line in lines) >= MANY_STATEMENTS and all(ends[:-1]) and not ends[-1]:
        return "stops in the middle of a statement"
    return "stops in the middle of a word" if _is_half_a_name(last, f"{asked}\n{text}") else ""


def _shell_is_open(text: str) -> bool:
    """Whether a shell script has more blocks begun than ended."""
    if not re.search(r"^#!.*sh\b|\$\{?\w|\[ .+ \]", text, re.MULTILINE):
        return False
    begun = len(re.findall(r"^\s*if\b.*|^\s*(?:for|while|until)\b.*", text, re.MULTILINE))
    ended = len(re.findall(r"(?:^|;)\s*(?:fi|done|end)\b", text, re.MULTILINE))
    return "then" in text and begun > ended and not re.search(r"[{}]", re.sub(r"\$\{[^}]*\}", "", text))


def _is_half_a_name(last: str, whole: str) -> bool:
    """Whether the line ends with a name that comes nowhere else, though a longer one that begins with it does."""
    name = re.search(r"(?<![\w'\"])[A-Za-z_]\w{2,}$", last)
    if name is None:
        return False
    names = Counter(_NAME.findall(whole))
    return names[name.group()] == 1 and any(each.startswith(name.group()) and each != name.group() for each in names)


def _cut_off(text: str, asked: str, usual: Usual, peers: float) -> tuple[float, str] | None:
    last = text.splitlines()[-1] if text else ""
    if code(text) or is_code_line(last):
        return None
    if _MARKER.search(text) and _ITEM.search(text[: -len(last)]):
        return SURE, "ends with the mark of a list item that never comes"
    if _UNSPACED_LAST.search(text[-10:]) and len(text) >= 8:
        return SURE, "stops in the middle of a sentence"
    words = len(text.split())
    if words < 4 or _ENDS.search(text):
        return None
    if text.endswith((":", "：")):
        # a form ends with its last field
        return (PROBABLE, "ends where a colon promises more") if len(last.split()) > LINE else None
    return _in_prose(text, last, asked, usual, peers) if _WORD_END.search(text) else None


def _in_prose(text: str, last: str, asked: str, usual: Usual, peers: float) -> tuple[float, str] | None:
    """What the last words of a text without a mark at its end leave open."""
    sentences = _SENTENCE_END.split(last)
    sentence = sentences[-1].strip()
    long = len(sentence.split())
    is_list = _LIST.match(last) is not None or sentence.count(",") > MOST_COMMAS
    middle = "stops in the middle of a sentence"
    if text[-1] in ",([{&":
        # "Yours sincerely," waits for a name, and "Dear Ada," for a letter that was not asked for
        return (SURE, middle) if text[-1] != "," or len(last.split()) > LINE else None
    if text[-1] in "-–—" and text[-2:-1].isalpha():
        return SURE, "stops in the middle of a word"
    if _STRANDED.match(sentence):
        return None
    if _FORMULA.search(last):
        return _unlike_the_others(usual, sentences, is_list)
    if (_NEVER_LAST.search(sentence) and not sentence[-1].isupper()) or _ARTICLE_LAST.search(sentence):
        is_word = long < 3 or (is_list and "," in sentence.split()[-2])
        return None if is_word and len(sentences) == 1 else (SURE, middle)
    if _OPENED.search(sentence):
        return SURE, "leaves a bracket open"
    if _ends_seldom(sentence) and (long > 2 * LINE or (len(sentences) > 1 and long > 2)):
        is_whole = is_list or _may_end_so(sentences)
        return (POSSIBLE if is_whole or usual.rate < peers else PROBABLE), middle
    if len(sentences) > 1 and not is_list and (_HANGING.match(sentence) or _BEGUN.match(sentence)):
        return PROBABLE, middle
    if usual.rate < peers:
        return None
    half, longer = _LAST_WORD.search(sentence), 1 if len(sentences) > 1 else 2
    is_prose = long > LINE or (long > 1 and not is_list and len(text.split()) > 2 * LINE)
    # names end titles and lists; in a paragraph they are words like others
    is_word = half is not None and is_prose and (half.group().islower() or len(sentences) > 1)
    if half and is_word and not _is_bare_list(text, last) and _is_half(half.group().lower(), asked, usual, longer):
        return PROBABLE, "stops in the middle of a word"
    if _unlike_its_items(text):
        return PROBABLE, "ends without the mark of its other list items"
    return _unlike_the_others(usual, sentences, is_list) or _after_paragraphs(text, sentence, is_list, usual)


def _may_end_so(sentences: Sequence[str]) -> bool:
    """Whether the word that seldom ends a sentence belongs to its clause: "the lamp he lights the bridge with"."""
    sentence = sentences[-1].strip()
    clause = sentence.rpartition(",")[2].split()
    belongs = len(clause) > 3 and _BELONGS.search(" ".join(clause[:-1])) is not None
    return belongs or (len(sentences) == 1 and "," not in sentence)


def _is_half(word: str, asked: str, usual: Usual, longer: int) -> bool:
    """Whether the set, or what was asked, has words that begin like it, and never this one."""
    there = set(_WORD.findall(asked.lower()))
    if word in there:
        return False
    if usual.is_half_a_word(word, longer):
        return True
    return usual.is_new(word) and any(each.startswith(word) and len(each) >= len(word) + longer for each in there)


def _after_paragraphs(text: str, sentence: str, is_list: bool, usual: Usual) -> tuple[float, str] | None:
    """The same of a last paragraph of one sentence, where those before it all end with a mark."""
    before = [part.strip() for part in text.split("\n\n")[:-1] if part.strip()]
    is_prose = len(before) > 0 and all(len(part.split()) > LONGER and _STOPPED.search(part) for part in before)
    if not usual.is_strict or not is_prose or is_list or len(sentence.split()) <= LINE or _SIGNED.match(sentence):
        return None
    return HARDLY, "breaks off, where its other paragraphs and nearly all outputs end with a mark"


def _unlike_the_others(usual: Usual, sentences: Sequence[str], is_list: bool) -> tuple[float, str] | None:
    """What is to be said of a paragraph that has all full stops but the last, in a set that hardly ever lacks one."""
    # "1. Look. 2. Think. 3." is prose, and so is a sentence of many clauses behind others
    sentences = [each for each in sentences if not _ITEM_MARK.fullmatch(each.strip())] or [""]
    is_list = is_list and (len(sentences) < 2 or _LIST.match(sentences[0]) is not None)
    last = sentences[-1].strip()
    if not usual.is_strict or len(sentences) < 2 or is_list or _SIGNED.match(last) or _VALUE.search(last):
        return None
    if len(last.split()) < 3 and len(sentences[-2].split()) <= LINE:
        return None
    return HARDLY, "breaks off, where its other sentences and nearly all outputs end with a mark"


def _is_bare_list(text: str, last: str) -> bool:
    """Whether the last line is the item of a list whose items have no full stop."""
    items = [line.strip() for line in text.splitlines() if _LIST.match(line)]
    return _LIST.match(last) is not None and len(items) > 2 and not any(map(_STOPPED.search, items))


def _unlike_its_items(text: str) -> bool:
    """Whether the last item of a list lacks the full stop that all others have."""
    items = [line.strip() for line in text.splitlines() if _ITEM.match(line)]
    return len(items) > 3 and text.endswith(items[-1]) and all(_STOPPED.search(item) for item in items[:-1])


def _open(text: str) -> bool:
    """Whether a bracket is still open at the end, whichever way strings and comments are written."""
    return all(_unclosed(hidden.sub("", text)) for hidden in _READINGS)


def _unclosed(text: str) -> bool:
    stack: list[str] = []
    for character in text:
        if character in "([{":
            stack.append(character)
        elif character in _PAIRS and stack and stack[-1] == _PAIRS[character]:
            stack.pop()
    return bool(stack)
