"""What was copied along from a page: button words, pagers, source marks, HTML tags and entities, written-out \\n.

Rows that ask for HTML or code, or speak of these signs, are right. Where nothing else could be meant, the plain text is
suggested.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, judged
from curation.checks.texts.column import may_match
from curation.checks.texts.forms import code
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    buttons: bool = field(default=True, metadata={"help": "Look for button words of chat pages, such as “Copy code”"})
    sources: bool = field(default=True, metadata={"help": "Look for source marks, such as 【4†source】"})
    tags: bool = field(default=True, metadata={"help": "Look for HTML tags that nobody asked for"})
    entities: bool = field(default=True, metadata={"help": "Look for HTML entities, such as `&amp;`"})
    newlines: bool = field(default=True, metadata={"help": "Look for line ends written out as backslash and n"})


LANGUAGE = (
    r"(?:python|bash|shell|sh|javascript|js|typescript|java|c|cpp|c\+\+|c#|csharp|css|html|sql|json|yaml|xml|php|ruby"
    r"|go|rust|kotlin|swift|r|perl|scala|lua|powershell|vba|matlab|latex|markdown|scss|jsx|tsx|dart|arduino|makefile"
    r"|dockerfile|plaintext|text)"
)
_COPY = (
    r"(?:copy code|copy to clipboard|copied!|code kopieren|copier le code|copiar (?:el )?c[óo]digo|copia (?:il )?codice"
    r"|копировать код|скопировать код|复制代码|複製程式碼|コードをコピーする|코드 복사|نسخ الكود|kodu kopyala"
    r"|salin kode)"
)
_BUTTON = (
    r"(?:regenerate response|continue generating|stop generating|view other drafts|show drafts|volume_up"
    r"|thumb_up|thumb_down|google it|was this response better or worse\?.*|is this conversation helpful so far\?"
    r"|chatgpt can make mistakes\..*|chatgpt may produce inaccurate information.*|free research preview\..*"
    r"|share prompt|ask copilot|(?:share)?share on (?:x|twitter|facebook|linkedin)(?: ?copy link)?|copy link"
    r"|(?:was|is) this(?: \w+)? (?:helpful|useful)\?(?: ?yes ?no)?|did (?:this|we) (?:answer|help)(?: your question)?\?"
    r"|war (?:das|dies|diese antwort|dieser artikel) hilfreich\?|cela vous a-t-il [ée]t[ée] utile ?\?"
    r"|¿(?:te|le) result[óo] [úu]til\?|¿fue [úu]til\?|isso foi [úu]til\?|был ли (?:этот )?ответ полез\w+\?"
    r"|这个?(?:回答|答案)(?:对您)?有(?:帮助|用)吗？|この回答は役に立ちましたか？?"
    r"|antwort (?:neu generieren|erneut generieren)|r[ée]g[ée]n[ée]rer la r[ée]ponse|(?:volver a generar|regenerar)"
    r"(?: la)?(?: respuesta)?|gerar (?:resposta )?novamente|regenerar resposta|rigenera(?: la)? risposta"
    r"|(?:перегенерировать|сгенерировать заново|создать ответ заново)(?: ответ)?|重新生成(?:回答|回复|回應)?"
    r"|(?:回答|応答)を再生成(?:する)?|다시 생성|إعادة توليد الرد|इसे फिर से बनाएँ|yanıtı yeniden oluştur)"
)
BUTTONS = re.compile(
    # "python", "Copy code" and the code below them; also run together as "pythonCopy code"
    rf"^[ \t]*{LANGUAGE}[ \t]*(?:\n[ \t]*)?{_COPY}[ \t]*(?:\n|$)|^[ \t]*{_COPY}[ \t]*(?:\n|$)"
    rf"|^[ \t]*{_BUTTON}[ \t]*(?:\n|$)|^[ \t]*(?:chat\s?gpt|you|gemini|copilot|claude|grok) said:?[ \t]*(?:\n|$)"
    rf"|^[ \t]*{LANGUAGE}[ \t]*\n\s?copy[ \t]*\n\s?(?:edit[ \t]*\n)?"
    rf"|(?:\n[ \t]*(?:copy|share|edit|retry|like|dislike|follow-up|related|sources|thumbs (?:up|down)|read aloud"
    rf"|(?:good|bad) response|\U0001f44d"
    rf"|\U0001f44e){{1,2}}[ \t]*){{2,9}}\Z"
    rf"|\A(?:today|yesterday) at \d{{1,2}}:\d\d(?: ?[ap]m)?[ \t]*\n"
    rf"|\A(?:model|chatgpt)\s?: (?:default \(?)?(?:gpt|text-davinci|claude|gemini)[^\n]{{0,30}}\n"
    rf"|\A\s?(?:chat\s?gpt|user)[ \t]*\n|\n[ \t]*regenerate[ \t]*\Z"
    rf"|(?<=[.!?])[ \t]*(?:regenerate response|continue generating)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_GLUED = re.compile(rf"\b{LANGUAGE}Copy(?: code|Edit)(?=\S)")
# "2 / 3" below an answer of which there were three
PAGER = re.compile(
    r"(?:(?<=[.!?。！？])[ \t]+|^[ \t]*|\n[ \t]*)[<‹]?[ \t]?(\d{1,2}) ?/ ?(\d{1,2})[ \t]?[>›]?[ \t]*(?=\n|\Z)"
)
SOURCES = re.compile(
    r"[?&]utm_source=(?:chatgpt\.com|openai|perplexity)\b|<sup>\[\d{1,3}\]</sup>|\bsource†L?\d*|[\[(]\d{1,3}(?::\d{1,3})?†[^\])\n]{1,60}[\])]|【\d[^【】\n]{0,12}†[^【】\n]{0,80}】|\[\^\d{1,3}\^\]|:contentReference\[oaicite:[^\]\n]{1,20}\]\{[^}\n]{0,30}\}"
    r"|\[?oaicite:\d+\]?|\ue200[^\ue201\n]{1,200}\ue201|\b(?:cite)?turn\d+(?:search|news|view|file|image)\d+\b"
    r"|\[cite(?:_start|_end)?\](?!\()|\[cite: ?\d[\d, -]*\]|<grok-card[^>\n]{0,200}>|\[(?:web|attached_file|page):\d+\]"
)
_BLOCK = r"p|div|ul|ol|table|tr|h[1-6]|blockquote|section|article|header|footer|nav|main|pre|form|body|html|head"
_INLINE = r"span|strong|b|i|em|a|font|td|th|tbody|thead|li|code|button|img|center|small|big|label|iframe|script|style"
_ATTRIBUTES = r"(?:\s+[\w:@.-]{1,40}\s?=[^<>\n]{0,300})?"
TAG = re.compile(rf"<(?:/?(?:{_BLOCK}|{_INLINE}){_ATTRIBUTES}|(?:br|hr|img){_ATTRIBUTES}\s?/?)\s?>", re.IGNORECASE)
_PAGE_CLASS = re.compile(r"<(?:div|p|span)\s[^<>\n]{0,60}class=", re.IGNORECASE)
_NEW_LINE = re.compile(r"<br\s?/?>|</(?:p|div|li|tr|h[1-6]|blockquote|ul|ol|table)>\s?", re.IGNORECASE)
_ITEM = re.compile(r"<li(?:\s[^<>\n]{0,300})?>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8}[0-9]{0,2});", re.IGNORECASE)
# what AG News and other sets keep of an entity whose & was lost
_HALF = re.compile(r"(?<!&)#(?:39|34|38|160|8217|8220|8221);")
WRITTEN = re.compile(r"(?<![\\\s(\[“\"'`‘])(?:\\r)?(?:\\n)+(?:\\t)*|^(?:\\n)+|(?<=[.!?:;])\s?(?:\\n)+")
_SHOWN = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]{1,300}`|^\|[^\n]*\|$", re.DOTALL | re.MULTILINE)
_HTML = re.compile(
    r"\bx?html5?\b|\breadme\b|\bbold|\bitalic|\bhighlight|\bunderlin|\bxml\b|\bsvg\b|\btags?\b|\bmarkup\b"
    r"|\bweb ?(?:page"
    r"|site)s?\b|\bcss\b|\breact\b"
    r"|\bjsx\b|\bjavascript\b"
    r"|\bjquery\b|\bbootstrap\b|\bangular\b|\bvue\b|\bphp\b|\bdjango\b|\bmarkdown\b|\bdiv\b|\blanding page\b|\bdom\b"
    r"|\bentit(?:y|ies)\b|\bescap\w+|\bampersand|\bencod\w+|\bsource code\b|\bsnippet\b|\bhyperlink|\banchor\b"
    r"|\be-?mail template|\bscrap\w+|\bparser?\b|\bregex\b|网页|標籤|标签|タグ|ウェブ|ऐचटीएमएल|тег|вёрстк|верстк|وسم",
    re.IGNORECASE,
)
_CODING = re.compile(
    r"\\n|\bnew ?lines?\b|\bline breaks?\b|\bescap\w+|\bstrings?\b|\bregex\w*|\bregular expression|\bpython\b|\bjava\b"
    r"|\bjavascript\b|\bc\+\+|\bc#|\bin c\b|\bphp\b|\bruby\b|\brust\b|\bgolang\b|\bbash\b|\bshell\b"
    r"|\bprintf?\b|\bjson\b"
    r"|\bcsv\b|\blatex\b|\bprogram\w*|\bcode\b|\bfunction\b|\bscript\b|\bsql\b|\bapi\b|\bcarriage return"
    r"|换行|改行|перенос"
    r"|\bzeilenumbruch|\bsalto de línea|\bsaut de ligne",
    re.IGNORECASE,
)
_LATEX = re.compile(r"\$|\\(?:frac|begin|end|left|right|cdot|times|sqrt|nabla|neq|nu\b|text|alpha|beta|sum|int|math)")
_PATH = re.compile(r"\b[A-Za-z]:\\|\\\\\w")
_SCORED = re.compile(r"\b(?:rat(?:e|io|ing)|scor|fraction|probab|odds|marks?|grade|divid|date|page|step|part)", re.I)


IN_INPUT = 0.6
"""How sure residue in an input is a fault: whoever asks may paste from a page, and will do so again."""


@dataclass(frozen=True)
class Kind:
    """One kind of residue: what it is, how sure it is a fault, where it stands, and how the plain text comes about.

    `wanted(asked, text)` says whether the row has its own use for it.
    """

    setting: str
    words: str
    sure: float
    pattern: re.Pattern[str]
    wanted: Callable[[str, str], bool]
    plain: Callable[[str], str]


def _without(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def plain(text: str) -> str:
        return re.sub(r"(?<![ \t])[ \t]+(?=[.,;:!?\n]|$)", "", pattern.sub("", text)).strip()

    return plain


def _unglued(text: str) -> str:
    return _GLUED.sub("\n", text).strip()


def _untagged(text: str) -> str:
    lines = _ITEM.sub("- ", _NEW_LINE.sub("\n", text))
    return re.sub(r"\n{3,}", "\n\n", TAG.sub("", lines)).strip()


def _unescaped(text: str) -> str:
    plain = html.unescape(_HALF.sub(lambda match: f"&{match[0]}", text))
    # written twice over, as "&amp;amp;" is
    plain = html.unescape(plain) if ENTITY.search(plain) else plain
    return plain.replace("\u00a0", " ").strip()


def _with_line_ends(text: str) -> str:
    lines = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    return re.sub(r"[ \t]+\n", "\n", lines).strip()


def _never(asked: str, text: str) -> bool:
    return False


def _of_chats(asked: str, text: str) -> bool:
    """Whether the row speaks of the buttons themselves."""
    return (
        re.search(r"\bbuttons?\b|\bui\b|\binterface|\bcopy code\b|\bregenerat\w+|\bclipboard", asked, re.I) is not None
    )


def _counted(asked: str, text: str) -> bool:
    """Whether the numbers may be an answer: a score, a fraction, a date."""
    found = PAGER.search(text)
    here, of = (int(found[1]), int(found[2])) if found else (0, 0)
    return not 1 <= here <= of or of > 20 or bool(_SCORED.search(asked) or re.search(r"\d", asked))


def _of_html(asked: str, text: str) -> bool:
    return bool(_HTML.search(asked) or re.search(r"\b(?:html|xml|css|markup)\b", text, re.I) or TAG.search(asked))


def _of_signs(asked: str, text: str) -> bool:
    about = r"\b(?:html|xml|entit(?:y|ies)|escap\w+|ampersand|url|query string|unicode|source code)\b"
    # "What does &copy; show?"
    about += r"|\b(?:what (?:does|is|are)|how do (?:i|you)|type|insert|write|use)\b[^\n.?!;&]{0,20}&#?\w{2,8};"
    return bool(re.search(about, f"{asked}\n{text}", re.I))


def _of_code(asked: str, text: str) -> bool:
    is_json = text.lstrip()[:1] in ("{", "[") and '"' in text
    return bool(is_json or _CODING.search(asked) or _LATEX.search(text) or _PATH.search(text))


KINDS = (
    Kind("buttons", "a button word of a chat page", 0.9, BUTTONS, _of_chats, _without(BUTTONS)),
    Kind("buttons", "a button word of a chat page", 0.9, _GLUED, _of_chats, _unglued),
    Kind("buttons", "a page count of a chat page", 0.7, PAGER, _counted, _without(PAGER)),
    Kind("sources", "a source mark of a chat page", 0.9, SOURCES, _never, _without(SOURCES)),
    Kind("tags", "a tag of a web page", 0.75, TAG, _of_html, _untagged),
    Kind("entities", "an HTML entity", 0.8, ENTITY, _of_signs, _unescaped),
    Kind("entities", "what is left of an HTML entity", 0.7, _HALF, _of_signs, _unescaped),
    Kind("newlines", "a line end written out as \\n", 0.85, WRITTEN, _of_code, _with_line_ends),
)


def may_hold(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts may hold residue: also those with code or tables, which are blanked out before they are read."""
    return pc.or_(may_match(*(kind.pattern for kind in KINDS))(column), pc.match_substring_regex(column, "[`|]|~~~"))


@check("page_residue", "Left over from a page", settings=Settings(), may_match=may_hold)
def page_residue(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with residue in its output, or in its input alone; the plain output is suggested."""
    kinds = [kind for kind in KINDS if getattr(settings, kind.setting)]
    # a question may hold tags to ask about them; a text that is sorted into classes has no use for them
    of_input = [kind for kind in kinds if kind.setting == "entities" or (shard.labels and kind.setting == "tags")]

    def rule(row: Row) -> Hit | None:
        hit = None if shard.labels else _in_output(row, kinds)
        return hit or _in_input(row, of_input)

    return judged("page_residue", shard, rule)


def _in_output(row: Row, kinds: list[Kind]) -> Hit | None:
    found = _found(row.output, row.input, kinds)
    if not found:
        return None
    mended = row.output
    for kind, _ in found:
        mended = kind.plain(mended)
    # "&lt;p&gt;" is a tag of a page once more
    mended = _untagged(mended) if TAG.search(mended) and not _of_html(row.input, row.output) else mended
    is_code = code(mended) and not any(kind.setting in ("sources", "buttons") for kind, _ in found)
    hit = _hit("output", row.output, found, 0.4 if is_code else None)
    is_certain = mended and not is_code and mended != row.output
    return replace(hit, suggestion=f"replace:{mended}") if is_certain else hit


def _in_input(row: Row, kinds: list[Kind]) -> Hit | None:
    asked = TAG.sub(" ", f"{row.input}\n{row.output}")
    found = _found(row.input, asked, kinds)
    return _hit("input", row.input, found, 0.4 if code(asked) else IN_INPUT) if found else None


def _found(text: str, asked: str, kinds: list[Kind]) -> list[tuple[Kind, re.Match[str]]]:
    """The first place of each kind of residue that the row has no use of its own for."""
    plain = _SHOWN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return [(kind, match) for kind in kinds if (match := _first(kind, plain)) and not kind.wanted(asked, text)]


def _first(kind: Kind, plain: str) -> re.Match[str] | None:
    if kind.pattern is ENTITY:
        return next((m for m in ENTITY.finditer(plain) if html.unescape(m[0]) != m[0]), None)
    return kind.pattern.search(plain)


def _hit(name: str, text: str, found: list[tuple[Kind, re.Match[str]]], sure: float | None) -> Hit:
    kind, match = max(found, key=lambda one: one[0].sure)
    if sure is None:
        sure = max(kind.sure, 0.9) if _PAGE_CLASS.search(text) else kind.sure
    shown = match.group().strip() or match.group()
    evidence = {"field": name, "found": cut(shown), "kinds": sorted({kind.setting for kind, _ in found})}
    spans = [(name, *match.span()) for _, match in found]
    return Hit(sure, f"The {name} holds {kind.words}: “{cut(shown, 60)}”.", evidence, spans=spans)
