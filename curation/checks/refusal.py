"""Outputs that refuse or speak as a chatbot instead of answering (free text).

Phrases of the kind the ShareGPT and Vicuna "unfiltered" sets were cleaned by. Being sorry is no refusal, and neither
is a refusal that is quoted, asked for, or an answer to a question about the assistant itself.
"""

import re
from dataclasses import dataclass, field

from curation.checks import Shard, check
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    free_text,
    judged,
    outputs,
)
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    # a refusal is said at once; further in, the same words are mostly somebody's speech
    opening: int = field(
        default=200,
        metadata={"help": "Refusals are searched for in this many characters at the start", "min": 20, "max": 5000},
    )


_CANNOT = r"(?:can\s?not|can'?t|am (?:not able|unable)|'m (?:not able|unable)|won'?t|will not be able)(?: to)?"
_SORRY = (
    r"(?:(?:i'd|i would) (?:love|like|be happy) to (?:help|assist)|however|i'?m sorry|i am sorry|sorry"
    r"|i apologi[sz]e|my apologies|unfortunately)"
)
_TASK = (
    r"(?:(?:assist|help)(?: you)?(?: with| in| by|[.,!]|$)|fulfil+ (?:this|that|your)|comply with|complete (?:this"
    r"|that|your) "
    r"|(?:generate|create|produce|engage in|participate in|discuss|support|promote|condone|encourage) "
    r"|(?:answer|respond to|process) (?:this|that|your)|(?:do|provide|write|give|share) (?:that|this|such|any"
    r"|you with)\b)"
)
_MODEL = r"(?:an? )?(?:large )?(?:ai|artificial intelligence)?[ -]?(?:language )?model"
_AI = r"(?:ai|artificial intelligence)"
BOILERPLATE = re.compile(
    rf"\bas an? {_AI} (?:language model|assistant|model|chatbot),? (?:i|it)\b"
    rf"|\bas an {_AI},? i (?:do not|don'?t|can'?t|cannot|am|have no)\b|\bas {_MODEL},? (?:i|my)\b"
    rf"|\bi(?:'m| am) (?:just |only )?(?:an? )?(?:large )?(?:{_AI} )?(?:language model|(?<=ai )(?:assistant|chatbot))\b"
    rf"|\bmy (?:knowledge|training data) cut-?off\b"
    rf"|\bi (?:was|am) (?:\w+ ){{0,3}}(?:trained|developed|created) by (?:openai|anthropic|google)\b"
    rf"|\bi (?:do not|don'?t) have (?:the ability to (?:access|browse)|access to (?:real-?time|the internet|current))"
    rf"|\ben tant (?:que|qu')\s?(?:modèle de langage|ia\b|intelligence artificielle)|\bals ki-?(?:sprachmodell"
    rf"|modell)\b"
    rf"|\bcomo (?:un )?modelo de lenguaje|\bcomo (?:um )?modelo de linguagem",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    rf"\b{_SORRY}\b[^.!?\n]{{0,60}}?\b(?:i|we)\s?{_CANNOT} {_TASK}"
    rf"|^\W*i\s?{_CANNOT} {_TASK}|\bit (?:is|would be) (?:not |in)appropriate for me to\b"
    rf"|\bi\s?(?:can\s?not|can'?t|won'?t),? in good conscience\b"
    rf"|^\W*i(?:'m| am) not comfortable (?:with )?(?:writ|provid|discuss|shar|creat|answer|generat|help)ing\b"
    rf"|\bi (?:must|have to) (?:respectfully )?(?:decline|refuse)\b|\b(?:goes )?against my (?:programming"
    rf"|guidelines|policy)"
    rf"|^\W*(?:je suis )?(?:désolée?,? )?(?:mais )?je ne peux pas (?:vous aider|répondre|générer|fournir)"
    rf"|^\W*(?:es tut mir leid,? aber )?ich kann (?:ihnen )?(?:dabei |damit )?(?:leider )?nicht (?:helfen|weiterhelfen)"
    rf"|^\W*leider kann ich (?:diese|ihre|deine|die) (?:anfrage|frage|bitte)[^.\n]{{0,20}} nicht\b"
    rf"|^\W*(?:lo siento,? )?(?:pero )?no puedo (?:ayudar|proporcionar|generar|responder)"
    rf"|^\W*(?:申し訳|抱歉|对不起)[^。\n]{{0,20}}(?:できません|无法|不能)",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"\b(?:are|as|who|what|were) (?:an? )?(?:you|ai|chatbot)\b|\bchat\s?gpt\b|\blanguage model|\bassistants?\b"
    r"|\bwho (?:made|created|built|trained)\b|\brefus|\bdeclin|\bapolog|\bai\b|\bopenai\b",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"[\"“”«»„]|```|(?<!\w)'|^>", re.MULTILINE)


@check("refusal", "Refusals and chatbot talk", settings=Settings(), fit=outputs, merge=free_text("which do not refuse"))
def refusal(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding an output that refuses; raises NotChecked on a classification set."""

    def rule(row: Row) -> Hit | None:
        start = row.output.strip().replace("’", "'")[: settings.opening]
        talk, refused = BOILERPLATE.search(start), REFUSAL.search(start)
        match = refused or talk
        if match is None or _QUOTES.search(start[: match.end()]):
            return None
        confidence = 0.95 if refused and talk else 0.85 if talk else 0.75
        if _ABOUT_ITSELF.search(row.input):
            confidence = 0.3
        message = f"The output {'refuses' if refused else 'speaks as a chatbot'}: “{match.group().strip()}”."
        before = len(row.output) - len(row.output.lstrip())
        spans = [("output", before + match.start(), before + match.end())]
        evidence = {"phrase": match.group().strip(), "output": cut(row.output)}
        return Hit(confidence, message, evidence, "drop", spans)

    return judged("refusal", shard, rule)
