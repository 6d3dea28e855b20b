"""Tasks about a link, an attached file or a picture that is not in the row: their answer must be made up (free text).

A link that is only mentioned or asked for, an address that is itself what the task is about, and a link whose text is
quoted beside it are right.
"""

import re
from dataclasses import dataclass, field

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, free_text, judged, outputs, question
from curation.checks.texts.column import may_match
from curation.checks.texts.forms import code
from curation.records import Findings
from curation.text.turns import kept, part_text, turns_in


@dataclass(frozen=True)
class Settings:
    # a headline and a sentence or two say little; a paragraph is what the task is about
    most_words: int = field(
        default=40,
        metadata={"help": "Beside more words than this, a link or picture is no longer needed", "min": 10, "max": 1000},
    )


_LINK = r"(?:https?://|www\.)[^\s<>()\[\]\"'，。]{3,300}"
_FILE = (
    r"[\w .-]{1,60}\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|heic|mp[34]|wav|ogg|flac|m4a|mov|avi|mkv|pdf|docx?|xlsx?|pptx?"
    r"|zip)"
)
_THING = (
    r"(?:image|picture|photo(?:graph)?|pic|figure|diagram|chart|graph|map|painting|drawing|sketch|screen ?shot"
    r"|scan|logo"
    r"|video|clip|footage|recording|audio|podcast|file|document|attachment|spreadsheet|pdf|slides?|bild|foto|datei|anhang"
    r"|imagen?|archivo|adjunto|arquivo|anexo|fichier|pi[èe]ce jointe|immagine|allegato|картинк\w|фото\w*|файл|вложени\w"
    r"|图片|图像|照片|附件|画像|写真|動画|添付|صورة|الصورة|مرفق|الملف|चित्र|तस्वीर|फ़ाइल)"
)
STANDS_FOR = re.compile(
    # "[IMAGE]", "<picture attached>", "(see attachment)", "![photo](...)", "Link: https://...", "report.pdf" on a line
    rf"^[ \t]*(?:!\[[^\]\n]{{0,80}}\]\([^)\n]{{0,300}}\)"
    rf"|(?:[\w ]{{1,20}}:[ \t]?)?"
    rf"[\[<({{][^\[\]<>(){{}}\n]{{0,40}}?(?<!\w){_THING}(?!\w)[^\[\]<>(){{}}\n]{{0,40}}[\]>)}}]"
    rf"|(?:[\w ]{{1,20}}:[ \t]?)?[<(\[]?{_LINK}[>)\]]?|(?:(?:file|attached|attachment|see):?[ \t]?)?{_FILE})[ \t.]*$",
    re.IGNORECASE | re.MULTILINE,
)
_MATERIAL = (
    r"(?:articles?|texts?|passages?|paragraphs?|poems?|stor(?:y|ies)|speech(?:es)?|essays?|e-?mails?|letters?|reports?"
    r"|papers?|reviews?|descriptions?|data|data ?sets?|tables?|lists?|code|snippets?|transcripts?|conversations?"
    r"|link|url|website|web ?page|excel|csv|spreadsheet|document|file|resume|cv|contract|quote|song|lyrics|artikel"
    r"|texto|texte|tabelle|tabla|tableau|статья|текст|ссылка|文章|文本|链接|表格|記事|リンク)"
)
SLOT = re.compile(
    # "(insert article)", "[Link to the article]", "<excel file>", "[Text about schools]", "(Website URL)"
    rf"^[ \t]*(?:[\w ]{{1,20}}:[ \t]?)?[\[<({{]{{1,2}}(?:"
    rf"(?:insert|paste|add|put|enter|attach|input|see)[: ](?:[\w' -]{{0,40}} )?"
    rf"(?<!\w){_MATERIAL}(?!\w)[\w' ,.-]{{0,60}}"
    rf"|(?:(?:the|an?|your|some|given|sample|example) )?(?:\w+ )?{_MATERIAL}"
    rf"(?: (?:here|provided|given|attached|file|url|link|table|(?:about|on|of|to|from) [\w' ,.-]{{1,60}}))*)"
    rf"[\]>)}}]{{1,2}}[ \t.]*\Z",
    re.IGNORECASE | re.MULTILINE,
)
"""The name of the material in brackets, as the last line of a task, where the material should be."""
_VERB = (
    r"(?:summari[sz]e|describe|read|watch|listen to|review|analy[sz]e|transcribe|translate|proofread|caption|paraphrase"
    r"|critique|rewrite|classify|identify|list|explain|extract|what|who|which|how|rate|find|name|tell|give|write|correct"
    r"|edit|compare|discuss|outline|evaluate|based on|according to|using|use|look at|see|open|visit|check|refer to"
    r"|zusammen\w*|fasse|beschreib\w*|lies|übersetze|r[ée]sume\w*|d[ée]cri\w+|lis|resum\w+|describ\w+|lee|leia"
    r"|descrev\w+|riassumi|descrivi|опиши\w*|прочита\w*|кратко|перескажи\w*|总结|概括|描述|阅读|翻译|要約|説明|لخص|صف|सारांश|वर्णन)"
)
IN_SENTENCE = re.compile(rf"(?<!\w){_VERB}[^.!?\n]{{0,120}}?(?<!\S)[<(\[]?{_LINK}", re.IGNORECASE)
# the same within a line
ANYWHERE = re.compile(
    r"!\[[^\]\n]{0,80}\]\([^)\n]{1,300}\)|<img\s[^>\n]{1,300}>|\[(?:image|photo|picture|audio|video|screenshot)\]"
    r"|<(?:image|audio|video)>|<(?:image|photo|picture|video) ?:[^>\n]{1,300}>",
    re.IGNORECASE,
)
_LOOK = (
    r"(?:look(?:ing)? at|listen to|watch|based on|given|from|using|caption|see|check|open|view|examine|study"
    r"|refer to|describe"
    r"|transcribe|identify|analy[sz]e|review|extract \w+ from)"
)
SPOKEN_OF = re.compile(
    rf"(?:^|[.!?,]\s)(?:please\s)?{_LOOK}\s(?:the|this|these|my)\s(?:\w+\s)?(?:image|picture|photo(?:graph)?"
    rf"|screen ?shot|video"
    r"|clip|recording|audio|painting|attachment|pdf|spreadsheet|slide)s?\b(?! (?:of\b|(?-i:[“\"'A-Z])))"
    r"|\b(?:in|from|on|does|do|is shown in|shown by)\s(?:the|this|these)?\s?(?:chart|graph|diagram|figure|map"
    r"|scatter ?plot)s?"
    r"(?:\s\d{1,2})?(?:\s(?:show|depict|say|represent|tell|illustrate|display)\w*)?\s*[.?!]?\s*$"
    rf"|\b{_THING}s? (?:that |which )?I(?:['’]ve| have)? (?:just )?(?:sent|attached|uploaded|shared|posted|linked)\b"
    r"|\(attached\)|\bI(?:['’]ve| have)? (?:just )?(?:attached|uploaded)\b|\battached (?:herewith|below|here)\b|"
    r"\b(?:the|this|that|these|an?|my|your|following|enclosed)\s(?:\w+\s){0,2}?(?:attached|enclosed|uploaded"
    r"|linked(?! (?:list|data)))\s(?:\w+\s){0,2}?\w+"
    rf"|\b(?:attached|enclosed|uploaded)\s(?:\w+\s)?{_THING}\b"
    r"|\b(?:in|on|at|of|to|from|behind|with)\s(?:the|this|that|these|those)\s(?:following\s|given\s|attached\s|provided\s)?"
    r"(?:image|picture|photo(?:graph)?|pic|screen ?shot|video|clip|recording|audio|painting|attachment|link)s?"
    r"(?:\s(?:below|above|attached|provided|given|shown))?\s*[.?!]?\s*$"
    r"|\b(?:this|the following|the given|the attached|the provided|the above)\s(?:\w+\s)?(?:image|picture"
    r"|photo(?:graph)?|screen ?shot|video|recording|audio(?: clip)?|clip|attachment|link|web ?page|web ?site|url"
    r"|painting|pdf)s?\b"
    r"|\b(?:image|picture|photo(?:graph)?|screen ?shot|video|chart|graph|diagram|map|painting)s?\s(?:below"
    r"|above|attached"
    r"|provided|shown)\b"
    r"|\b(?:im|das|dem|auf dem|diesem|dieses|angehängte[nsm]?|beigefügte[nsm]?) (?:angehängten |beigefügten "
    r"|folgenden )?"
    r"(?:bild|foto|anhang|video|datei|screenshot)\b"
    r"|\b(?:cette|ce|l['’]|sur la|dans l['’])\s?(?:image|photo|vid[ée]o|fichier"
    r"|pi[èe]ce jointe)\b(?: ci-(?:jointe?|dessous))?"
    r"|\b(?:fichier|document|image|photo) (?:ci-)?jointe?\b"
    r"|\b(?:esta|la|en la|el|este) (?:imagen|foto|fotograf[íi]a|v[íi]deo|archivo|documento) (?:adjunt[oa]|siguiente)\b"
    r"|\b(?:esta|en la|na|nesta|da|in questa|nell['’]) ?(?:imagen|foto|imagem|immagine)\b"
    r"|\b(?:arquivo|imagem|documento|foto) (?:em )?anex\w+|\b(?:file|immagine|documento|foto) allegat\w"
    r"|на (?:этой |данной )?(?:картинке|фото|фотографии|изображении)|во вложении|прикрепл[её]нн\w+"
    r"|(?:这张|這張|下面的|附上的|所附)(?:图|照|圖)片?|图中|圖中|附件中?|この(?:画像|写真|動画)|添付(?:の|された)"
    r"|(?:هذه|في) الصورة|الصورة المرفقة|الملف المرفق|इस (?:चित्र|तस्वीर|फ़ोटो)|संलग्न",
    re.IGNORECASE | re.MULTILINE,
)
# what is asked about the characters of an address, or done with it as it stands
ADDRESS = re.compile(
    r"\baddress\b(?!\s(?:the|these|this|any|all|how|an?)\b)|\burls?\b|\buris?\b|\bdomains?\b|\bhost ?names?\b"
    r"|\bprotocol|\bscheme\b|\bquery (?:string|param)|\bslug\b"
    r"|\bsub-?domain|\btld\b|\btop-level|\bmarkdown\b|\bhyperlink|\banchor\b|\bhtml\b|\bshorten|\bencod|\bdecod"
    r"|\bencrypt|\bhttps?\b(?!:)|\bports?\b|\bcite\b|\bcitation|\bbibliograph|\breference list|\bfile ?(?:name|ext)"
    r"|\bextension\b|\bphishing|\bsafe\b|\bvalid\b|\bscript\b|\bcode\b|\bfunction\b|\bprogram\b|\bpython\b|\bcurl\b|\bapi\b"
    r"|\bregex|\bdownload|\bscrap(?:e|ing)|\bqr\b|\bunsubscribe|\binvitation|\btweet\b|\blibrar|\bpackage\b|\bnewsletter|\bsign(?:ature)?\b"
    r"|\badresse|\bdirecci[óo]n|\bdominio|\bdom[íi]nio|\bendere[çc]o|\bindirizzo|адрес|домен|网址|域名|アドレス|ドメイン",
    re.IGNORECASE,
)
CONTENT = re.compile(
    r"\bsummar\w+|\b(?:its|the|their) contents?\b|\bsays?\b.*\barticle\b"
    r"|\b(?:review|audit|refactor|explain|analy[sz]e|debug|improve|document|describe|rate|critique)\b.{0,30}"
    r"\b(?:repo(?:sitory)?|gist|code ?base|pull request|commit|notebook|project)\b",
    re.IGNORECASE,
)
# "<table>" is a tag, "[text]" a part of a template, and a query names a table
_TEMPLATE = re.compile(
    r"\bhtml\b|\btags?\b|\belement|\btemplate|\bplaceholder|\bbrackets?\b|\bsql\b|\bquery\b|\bmarkdown\b|\bxml\b|\bsyntax\b"
    r"|\bcommand|\bvariables?\b|\btoken",
    re.IGNORECASE,
)
# pictures and files that are made, not looked at
MADE = re.compile(
    r"^\W*(?:please |can you |could you )?(?:draw|create|generate|design|make|paint|sketch|produce|suggest|imagine|find"
    r"|recommend|compose|build|how (?:do|can|to|does|should)|what (?:is|are) (?:an?|the (?:best|difference"
    r"|purpose))|why)\b",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"\b(?:writ|creat|implement|design|build|develop|construct|generat|mak|add|us|call|load|fetch|convert|modif|updat|chang|fix"
    r"|resiz|embed|display|insert|plac|cod|program|automat|extract|pars)\w*|\bhow\b|\b(?:script|function|class|method|query|html"
    r"|css|component|app|regex|command|python|java\w*|sql|php|ruby|bash|c\+\+|c#)\b",
    re.IGNORECASE,
)
"""Tasks whose answer may be a program that fetches or shows the thing itself."""
UNSEEN = re.compile(
    r"\b(?:can ?not|can['’]?t|could not|couldn['’]?t|unable to|not able to|do(?:es)? not|don['’]?t|no) (?:\w+ ){0,3}?"
    r"(?:see|open|view|access|browse|find|watch|read|image|picture|photo|file|attach\w*|link)\b"
    r"|\b(?:not|n['’]t|nothing|no \w+) (?:\w+ )?(?:attached|provided|included|shared|uploaded)\b"
    r"|\bplease (?:\w+ )?(?:provide|share|attach|upload|paste|send|copy)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(r"[:：]\s*\S|\b(?:shows?|depicts?|of|with|where|titled|called) (?:an?|the)\b")
MEDIA = ("image", "images", "picture", "pictures", "photo", "audio", "audios", "video", "videos", "file", "attachments")
"""What other columns are called that hold what a task is about."""
LONE, MENTIONED = 0.85, 0.6
"""How sure it is where only a link or a mark stands for the material, and where the task only speaks of it."""
TOLD = 0.2
"""How much less sure it is where other turns stand before the task."""


@check(
    "out_of_reach",
    "Task about what is not there",
    settings=Settings(),
    may_match=may_match(STANDS_FOR, SLOT, IN_SENTENCE, ANYWHERE, SPOKEN_OF),
    reads=("input",),
    fit=outputs,
    merge=free_text("which are given to texts as they are"),
)
def out_of_reach(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row whose answer rests on a link, file or picture that the row does not hold."""

    def rule(row: Row) -> Hit | None:
        hit = _missing(row, settings.most_words)
        return None if hit is None or _is_there(row.meta) else hit

    return judged("out_of_reach", shard, rule)


def _missing(row: Row, most_words: int) -> Hit | None:
    asked, output = question(row).rstrip(), row.output.strip()
    if not output or len(asked.split()) > 2 * most_words or "```" in asked:
        return None
    slot = _slot(asked, output)
    lone = STANDS_FOR.search(asked) or ANYWHERE.search(asked) or slot
    found, sure = (lone, LONE) if lone is not None else (_mentioned(asked), MENTIONED)
    if found is None:
        return None
    task = ANYWHERE.sub(" ", STANDS_FOR.sub(" ", asked[: slot.start()] if slot else asked))
    if len(task.split()) > most_words or _is_of_address(task) or UNSEEN.search(output[:300]):
        return None
    if code(output) and _PROGRAM.search(task) and not CONTENT.search(task):
        return None
    if lone is not None and not task.strip():
        return None  # a link alone is a message, not a task
    shown = found.group().strip()
    # it may have been told in an earlier turn
    told_before = "assistant: " in row.input[: -len(asked)]
    start = row.input.rfind(asked) + found.end() - len(found.group().lstrip())
    message = f"The task is about something this row does not contain: “{cut(shown, 60)}”."
    places = [("input", start, start + len(shown))]
    return Hit(sure - TOLD if told_before else sure, message, {"found": cut(shown)}, spans=places)


def _slot(asked: str, output: str) -> re.Match[str] | None:
    """A name in brackets where the material of a task should be, which neither the task nor the answer uses as such."""
    found = SLOT.search(asked)
    if found is None or not asked[: found.start()].strip() or _TEMPLATE.search(asked[: found.start()]):
        return None
    return None if found.group().strip() in output else found


def _mentioned(asked: str) -> re.Match[str] | None:
    """Where a task speaks of a link or a picture that it is about."""
    found = IN_SENTENCE.search(asked)
    if found is not None:
        return None if _is_of_address(re.sub(_LINK, " ", asked)) else found
    spoken = SPOKEN_OF.search(asked)
    if spoken is None or MADE.search(asked) or _goes_on(asked, spoken.end()):
        return None
    return spoken


def _is_of_address(task: str) -> bool:
    """Whether a task is about the address itself, not about what stands behind it."""
    return ADDRESS.search(task) is not None and CONTENT.search(task) is None


def _goes_on(asked: str, end: int) -> bool:
    """Whether something is told behind the place that speaks of it: its text, or words for what it shows."""
    rest = asked[end:]
    return "\n" in rest.strip() or _TOLD.search(rest) is not None


def _is_there(meta: str) -> bool:
    """Whether the row keeps a picture, sound or file beside its texts."""
    if meta == "{}":
        return False
    turns = turns_in(meta) or ()
    parts = [part for turn in turns for part in (turn.get("parts") or ()) if part_text(part) is None]
    return bool(parts) or any(value for key, value in kept(meta).items() if key.casefold() in MEDIA)
