"""How texts tell a model to drop its instructions: in English and 13 more languages (OWASP LLM01, prompt injection)."""

import re

_WORDS = r"(?:instructions?|prompts?|directions?|directives?|rules|guidelines|commands?|messages?|orders|programming)"
# "ignore my previous message" is what customers write, and a wedding's "previous orders of flowers"
_OWN = r"(?!my (?:previous|prior|earlier|initial|original) messages?\b)"
_EARLIER = r"(?:previous|prior|above|earlier|preceding|foregoing|initial|original|system|given)"
_DROP = (
    r"(?:ignore|disregard|forget|override|bypass|discard|skip|do not follow|don't follow|stop following"
    r"|pay no attention to|do not obey)"
)
_LIMITS = r"(?:restrictions|rules|limits|limitations|filters|guidelines|constraints|guardrails|content polic(?:y|ies))"

SAID = {
    "English": rf"\b{_DROP} {_OWN}(?:all |any |every )?(?:of )?"
    rf"(?:the |your |my |these |those )?{_EARLIER} (?:system )?{_WORDS}\b(?! of)"
    rf"|\b(?:ignore|disregard|forget) (?:all|everything|anything) (?:of )?(?:the |your )?(?:that came before|(?:that )?you were "
    rf"told|you (?:have been|know|learned)|(?:written |said |stated )?(?:above|before)\b)"
    rf"|\b{_DROP} (?:all )?(?:of )?(?:the |these |those |your |any )?{_WORDS} (?:above|before|that came before|you "
    rf"(?:have been|were) given)\b"
    rf"|\b(?:ignore|disregard|forget) the above (?:and|,? ?instead|,? ?then|text and)\b"
    rf"|\b(?:ignore|disregard|forget|stop following|bypass|override) (?:all )?(?:of )?your (?:safety |own |system |content )?"
    rf"(?:{_WORDS}|filters?|guardrails|training)\b|\b(?:ignore|disregard) all (?:safety )?{_WORDS}\b"
    rf"|\b(?:reveal|print|show|repeat|output|leak|tell|give|display|share|expose)(?: me| us)? (?:your|the) (?:hidden |full "
    rf"|entire |initial |original |secret |exact )?(?:system|initial|hidden) (?:prompt|instructions|message)\b"
    rf"|\bwhat (?:are|is|were) your (?:system|initial|hidden|original) (?:prompt|instructions|message)\b"
    rf"|\brepeat (?:the |all )?(?:text|words|everything|prompt|instructions) above\b"
    rf"|\byou are now (?:dan\b|in developer mode|jailbroken|an unrestricted|free (?:from|of) (?:all |any )?{_LIMITS})"
    rf"|\bdo anything now\b|\byou are (?:no longer|not) bound by (?:any |the |your )?(?:\w+ )?{_LIMITS}\b"
    rf"|\b(?:enable|enter|activate) (?:developer|dan|jailbreak|god) mode\b|\bsystem override\b"
    rf"|\b(?:pretend|act|answer|respond|behave)\b[^.!?\n]{{0,40}}\b(?:have|had|with|without) (?:no|any|ethical|moral)\b"
    rf"[^.!?\n]{{0,30}}\b{_LIMITS}\b"
    rf"|\b(?:act as|pretend to be|you are|become) an? (?:unrestricted|unfiltered|uncensored|jailbroken|evil|amoral) "
    rf"(?:ai|model|assistant|chatbot|version)\b|\byou are an? (?:ai|model|assistant|chatbot) without (?:any )?{_LIMITS}\b"
    rf"|\b(?:your )?new (?:task|instructions?)(?: is to ignore\b|s?: (?:you|ignore|from now|reply|answer|output|say)\b)",
    "French": r"\b(?:ignor(?:e|ez|er)|ignorez|oubli(?:e|ez|er)|ne (?:tiens|tenez) (?:pas|plus) compte d)(?:es?)? ?(?:toutes? )?"
    r"(?:les |vos |tes |des )?(?:instructions|consignes|directives|règles|ordres|commandes) (?:pr[ée]c[ée]dentes|ant[ée]rieures"
    r"|qui précèdent|ci-dessus|initiales|reçues|données)|\b(?:révèle|affiche|montre|donne)(?:z|-moi|z-moi)? (?:ton|votre|le) "
    r"(?:prompt|invite|message) (?:du )?(?:système|system)",
    "German": r"\b(?:ignorieren?|vergiss|vergessen|missachten?|übergeh(?:e|en)?) (?:sie )?(?:bitte )?(?:alle[ns]? )?(?:deine |ihre "
    r"|die )?(?:vorherigen|vorigen|vorangegangenen|bisherigen|obigen|früheren) (?:anweisungen|befehle|instruktionen|regeln"
    r"|vorgaben|prompts?)|\bzeig(?:e|en)?(?: sie)?(?: mir)? (?:deinen|ihren|den) system-?prompt",
    "Spanish": r"\b(?:ignor[ae]|olvid[ae]|descart[ae]|haz caso omiso de|no hagas caso de|omite) (?:todas )?(?:las |tus |sus )?"
    r"(?:instrucciones|órdenes|indicaciones|reglas|directrices) (?:\w+ )?(?:anteriores|previas|precedentes|de arriba)"
    r"|\b(?:olvid[ae]|ignor[ae]) todo lo (?:anterior|que te (?:dijeron|han dicho|dije))"
    r"|\b(?:muestra|revela|dime|imprime) (?:tu|el) (?:prompt|mensaje) (?:del |de )?sistema",
    "Portuguese": r"\b(?:ignor[ae]|esque(?:ça|ce)|desconsider[ae]|descart[ae]) (?:todas )?(?:as )?(?:suas )?(?:instruções|ordens"
    r"|regras|diretrizes|orientações|comandos) (?:\w+ )?(?:anteriores|prévias|acima|precedentes|recebidas)"
    r"|\b(?:esqueça|ignore) tudo o que (?:foi dito|lhe disseram|te disseram|veio antes)"
    r"|\b(?:mostre|revele|diga) (?:o )?(?:seu )?prompt (?:do |de )?sistema",
    "Italian": r"\b(?:ignora(?:te)?|dimentica(?:te)?|trascura) (?:tutte )?(?:le )?(?:tue )?(?:istruzioni|indicazioni|regole) "
    r"(?:\w+ )?(?:precedenti|di cui sopra|sopra|ricevute)",
    "Russian": r"\b(?:про)?(?:игнорируй(?:те)?|забудь(?:те)?|отмени(?:те)?|не обращай(?:те)? внимания на)(?: про| обо?)? "
    r"(?:вс[её][хм]? )?(?:предыдущ\w+|прежн\w+|вышеуказанн\w+|прошл\w+|данные (?:тебе|вам)) (?:системн\w+ )?(?:инструкци\w+"
    r"|указани\w+|команд\w*|правил\w*|промпт\w*|приказ\w*)|\b(?:покажи|выдай|раскрой|выведи)(?:те)? (?:свой |мне )?"
    r"(?:системный промпт|системную инструкцию)",
    "Chinese": r"(?:忽略|[无無][视視]|忘[记記掉了]|不要理[会會]|不用管)(?:掉)?(?:[你您]?(?:之前|以上|上面|先前|前面|此前|上述|收到))(?:的)?"
    r"(?:所有|全部|一切|任何)?(?:的)?(?:系[统統])?(?:指令|指示|提示|命令|要求|[规規][则則]|[说說]明|[设設]定)"
    r"|(?:忽略|[无無][视視]|忘[记記掉])(?:所有|一切|全部|任何)(?:之前|以上|先前|前面)?(?:的)?(?:指令|指示|提示|命令|[规規][则則])"
    r"|(?:[显顯]示|[输輸]出|告[诉訴]我|[泄洩]露|打印)[^。\n]{0,4}(?:[你您])?的?(?:系[统統]|初始)提示",
    "Japanese": r"(?:これまで|以前|上記|前|先ほど|今まで|上)の(?:すべての|全ての|あらゆる)?(?:指示|命令|プロンプト|ルール|指令)[をは]?(?:すべて|全て)?"
    r"(?:[をは])?(?:無視|忘れ|破棄)|システムプロンプトを(?:表示|教え|出力|見せ)",
    "Arabic": r"(?:تجاهل|تجاهلي|انس|انسَ|تخطَّ?)ى? (?:جميع |كل |كافة )?(?:التعليمات|الأوامر|التوجيهات|الإرشادات|القواعد|تعليماتك) (?:السابقة|أعلاه"
    r"|المذكورة|التي|الواردة)|(?:أظهر|اكشف|اعرض)(?: عن| لي)? (?:موجه|تعليمات|رسالة) النظام",
    "Hindi": r"(?:पिछले|पिछली|पहले (?:के|की|दिए)|ऊपर (?:दिए|के|की)|पूर्व)[^।\n]{0,15}(?:निर्देश|आदेश|प्रॉम्प्ट|नियम)[^।\n]{0,12}(?:अनदेखा|अनदेखी|नज़रअंदाज़"
    r"|नजरअंदाज|उपेक्षा|भूल)",
    "Bengali": r"(?:আগের|পূর্ববর্তী|উপরের|পূর্বের)[^।\n]{0,12}(?:নির্দেশ|আদেশ|প্রম্পট|নিয়ম)[^।\n]{0,12}(?:উপেক্ষা|ভুলে|অগ্রাহ্য|বাদ দ)",
    "Urdu": r"(?:پچھلی|پچھلے|سابقہ|پہلے (?:کی|دی)|اوپر (?:دی|کی)|گزشتہ)[^۔\n]{0,15}(?:ہدایات|ہدایت|احکامات|پرامپٹ|قواعد)[^۔\n]{0,12}(?:نظر ?انداز|بھول|رد کر)",
    "Indonesian": r"\b(?:abaikan|lupakan|hiraukan) (?:semua )?(?:instruksi|perintah|petunjuk|arahan|aturan) (?:\w+ )?"
    r"(?:sebelumnya|di atas|terdahulu)|\b(?:tampilkan|tunjukkan) (?:prompt|perintah) sistem",
}
STEERING = re.compile("|".join(SAID.values()), re.IGNORECASE)
_SIGNS = (
    "ignor|disregard|forget|overrid|bypass|discard|prompt|system|unrestricted|unfiltered|uncensored|"
    "jailbro|pretend|skip |not follow|n't follow|stop following|attention to|not obey|hidden |initial |"
    " above|you are now|anything now|bound by| mode|without any|without ethical|without moral|have no|"
    "had no|with no|new task|new instruction|evil |amoral |without rules|without restrictions|oubli|"
    "compte|vergiss|vergessen|missacht|übergeh|olvid|descart|omiso|omite|caso|esque|desconsider|descarte|"
    "dimentic|trascur|игнорир|забуд|отмени|внимания|покажи|выдай|раскрой|выведи|abaikan|lupakan|hiraukan|"
    "tampilkan|tunjukkan|muestra|revela|dime|révèl|affich|montre|zeig|mostr|忽略|無視|无视|無视|忘|理会|理會|不用管|提示|"
    "システム|指示|命令|プロンプト|ルール|تجاهل|انس|تخط|أظهر|اكشف|اعرض|निर्देश|आदेश|प्रॉम्प्ट|नियम|নির্দেশ|আদেশ|প্রম্পট|"
    "নিয়ম|ہدای|احکامات|پرامپٹ|قواعد"
)
SIGNS = tuple(_SIGNS.split("|"))
"""Pieces of words of which every phrase above holds one, in small letters: a text without them is not read further."""
MARKED = re.compile(
    r"(?:^|\n)[ \t]*(?:\[system\]|<system>|\{\{?system\}?\}|###\s?system\s?:|begin system prompt)", re.IGNORECASE
)
"""A system turn forged inside a text."""
ABOUT_IT = re.compile(
    r"\b(?:prompt[- ]injection|jailbreak\w*|chat ?templates?|special tokens?|tokeni[sz]ers?|chatml|red[- ]team\w*"
    r"|injection attacks?|system prompts? (?:is|are)|strikethrough|<s> tag|control tokens?|end-of-sequence"
    r"|inyección de (?:prompts?|instrucciones)|injection de prompts?|injeção de prompts?|prompt-injektion)\b|提示注入|越[狱獄]|промпт-инъекц|プロンプトインジェクション",
    re.IGNORECASE,
)
"""Texts about such tokens and phrases, which have to show them."""
DEVICE = re.compile(r"\b(?:android|usb|phone|settings|browser|laptop)\b", re.IGNORECASE)
"""What has a developer mode of its own."""
