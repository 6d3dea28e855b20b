"""What stands where a text was meant to be written: whole answers that are none, and gaps inside answers."""

import re

STAND = {
    "English": r"n/?a|not applicable|tb[da]|to be (?:added|determined|defined|written|confirmed|announced|completed|filled"
    r"(?: in)?)|todo|to ?do|fixme|xx+|null|nan|undefined|(?:this is a )?(?:placeholder|dummy|sample|filler|example)"
    r"(?: (?:text|answer|response|output|content))?|asdf\w*(?: asdf\w*)*|qwerty\w*|foo ?bar|test(?: ?test)*|bla(?:h)?(?: ?bla(?:h)?)+"
    r"|(?:your |the )?(?:answer|response|output|text|content|reply) (?:goes )?here|insert [\w ]{2,30}"
    r"|(?:write|type|enter|put|add|fill in) (?:your |the |an? )?(?:answer|response|output|text|content|reply)(?: here)?"
    r"|(?:(?:n/?a|tb[da]|todo|none|empty|blank|placeholder)\W{1,4})?(?:to )?(?:fill(?: (?:this |it )?in)?|add|write|complete|finish|update)"
    r"(?: (?:this|it|answer|text|me))? later|(?:will|to) be (?:added|filled in|written|completed|updated) later"
    r"|(?:content |answer )?coming soon|\[?(?:answer|response|output|content)\]",
    "French": r"(?:reste )?à (?:compléter|définir|déterminer|remplir|venir|rédiger)|(?:votre|ta|la) réponse ici|réponse à venir"
    r"|(?:insérer|écrire|entrez?) (?:la |votre |le )?(?:réponse|texte)(?: ici)?|texte (?:ici|de remplissage)|sans objet",
    "German": r"(?:wird|folgt)(?: noch)? ?(?:ergänzt|nachgereicht|ausgefüllt)?|noch (?:zu ergänzen|auszufüllen|offen)|platzhalter(?:text)?"
    r"|(?:ihre |deine |die )?(?:antwort|text) hier(?: (?:einfügen|eingeben|eintragen))?|k\. ?a\.|beispieltext|entfällt",
    "Spanish": r"por (?:definir|determinar|completar|rellenar)|(?:respuesta )?pendiente|sin respuesta|(?:tu|su|la) respuesta aquí"
    r"|(?:inserte|insertar|escriba|escribe|introduzca) (?:la |su |tu |el )?(?:respuesta|texto)(?: aquí)?"
    r"|texto de (?:ejemplo|relleno|prueba)|no aplica",
    "Portuguese": r"a (?:definir|preencher|completar|determinar)|(?:sua |a )?resposta aqui|(?:insira|escreva|digite) (?:a |sua |o )?"
    r"(?:resposta|texto)(?: aqui)?|texto de (?:exemplo|teste)|não se aplica|em breve",
    "Russian": r"будет (?:дополнено|добавлено|заполнено)(?: позже)?|заполнить|заглушка|(?:ваш |твой )?(?:ответ|текст) (?:здесь|сюда)"
    r"|(?:введите|вставьте|напишите) (?:ваш |свой )?(?:ответ|текст)(?: здесь| сюда)?|н/д|скоро будет|уточняется|пример текста",
    "Chinese": r"待定|待[补補]充|待完善|[暂暫][无無](?:内容|回答)?|占位符?|(?:在)?此[处處](?:填[写寫入]|[输輸]入|插入)[^。\n]{0,8}"
    r"|[请請](?:在此)?(?:[输輸]入|填[写寫])[^。\n]{0,8}|示例文本|[测測][试試](?:[测測][试試]|文本)*|敬请期待",
    "Japanese": r"未定|準備中|未記入|該当なし|(?:後で|のちほど)(?:記入|追記|書く)|ここに(?:回答|テキスト|入力|文章|答え)[^。\n]{0,8}"
    r"|ダミー(?:テキスト)?|サンプルテキスト",
    "Arabic": r"(?:أدخل|اكتب|ضع) (?:النص|الإجابة|الجواب|إجابتك|اسمك)(?: هنا)?|(?:الإجابة|النص|إجابتك) هنا|غير (?:متوفر|متاح)|قيد الإعداد|لا ينطبق"
    r"|نص (?:تجريبي|عشوائي)|سي(?:تم|ضاف) ?(?:التحديد|الإضافة)? ?لاحقا?ً?",
    "Hindi": r"(?:यहाँ|यहां) (?:अपना )?(?:उत्तर|जवाब|टेक्स्ट|पाठ)[^।\n]{0,20}|(?:उत्तर|जवाब) (?:यहाँ|यहां)(?: लिखें)?|लागू नहीं|जल्द आ रहा है|उपलब्ध नहीं"
    r"|नमूना (?:पाठ|टेक्स्ट)",
    "Bengali": r"(?:এখানে) (?:আপনার )?(?:উত্তর|লেখা)[^।\n]{0,20}|উত্তর এখানে(?: লিখুন)?|প্রযোজ্য নয়|শীঘ্রই আসছে|নমুনা লেখা",
    "Urdu": r"(?:یہاں) (?:اپنا )?(?:جواب|متن)[^۔\n]{0,20}|جواب یہاں(?: لکھیں)?|لاگو نہیں|جلد آ رہا ہے|دستیاب نہیں|نمونہ متن",
    "Indonesian": r"(?:jawaban|teks)(?: anda)? di ?sini|(?:isi|tulis|masukkan) (?:jawaban|teks)(?: anda)?(?: di ?sini)?|akan diisi(?: nanti)?"
    r"|belum (?:diisi|tersedia)|tidak tersedia|segera hadir|contoh teks|isi di ?sini",
}
WHOLE = re.compile(rf"\W*(?:{'|'.join(STAND.values())})\W*|\.{{2,}}|…|-+|_+", re.IGNORECASE)
"""A whole answer that is none; to be matched in full."""

_NAMES = (
    r"(?:your|company|recipient|sender|customer|client|user|first|last|full|employee|manager|product|business|city|state|country"
    r"|street|phone|email|e-mail|order|invoice|account|job|position|title|amount|number|price|link|url|website|hiring manager"
    r"|name|date|time|day|month|year|address|tbd|location|school|university|team|project|department|signature|contact)"
)
_OTHERS = (
    r"(?:tu|su|votre|ton|ta|ihr|ihre|dein|deine|seu|sua|il tuo|nama|nombre|apellido|empresa|fecha|nom|prénom|entreprise|firma|datum"
    r"|nome|ваш\w*|тво\w+|имя|фамилия|название|дата|компания)(?: [^\W\d]+){0,3}"
    r"|[您你](?:的)?[\u4e00-\u9fff]{1,6}|(?:姓名|公司(?:名[称稱])?|日期|地址|[电電][话話]|[邮郵]箱)|(?:お名前|氏名|会社名|日付|あなたの[^\]］】]{1,8})"
    r"|(?:اسمك|اسم [^\]\n]{1,20}|التاريخ|الشركة|عنوانك)|(?:आपका|आपकी|अपना|नाम|कंपनी|दिनांक|तारीख)[^\]\n]{0,20}"
    r"|(?:আপনার|নাম|কোম্পানি|তারিখ)[^\]\n]{0,20}|(?:آپ ک[ای]|نام|کمپنی|تاریخ)[^\]\n]{0,20}"
)
INSIDE = re.compile(
    r"\blorem ipsum\b|\[(?:insert|enter|add|your|put|fill in|placeholder)\b[^\]\n]{0,40}\]"
    rf"|\[{_NAMES}(?:['’]s)?(?:[ _/]{_NAMES}){{0,3}}(?: here)?\]"
    rf"|[\[［【](?:{_OTHERS})[\]］】]"
    r"|\((?:insert|enter|add|fill in) [^)\n]{1,30} here\)"
    r"|<(?:insert|enter|your|placeholder)[ _-][^>\n]{0,40}>|\{\{\s?[\w. ]{1,30}\s?\}\}|\b(?:TODO|TBD"
    r"|FIXME)\b(?=\s?:|[.!]?\s*$)"
    rf"|(?<![$%\w{{])\{{(?:{_NAMES}|[a-z]+)(?:_[a-z]+){{1,3}}\}}|(?<![$%\w{{])\{{{_NAMES}\}}"
    r"|%(?:first_?|last_?|user_?|customer_?|company_?)?name%"
    r"|_{4,}|\byour (?:answer|text) (?:goes )?here\b",
    re.IGNORECASE,
)
MASKED = re.compile(
    r"(?<![\w./-])(?:[$€£]\s?X{1,4}(?:[.,]X{2})?|X{2,4}[.,]X{2}|X{2,4}(?:[-/]X{2,4}){1,3}|(?:DD|MM)/(?:MM|DD)/YYYY"
    r"|X{2,4}(?=\s?(?:%|€|euros?\b|USD\b|dollars?\b|(?:business )?days?\b|minutes?\b|hours?\b)))(?![\w/-])"
)
"""Figures left open: XX.XX, $XX, XXX-XXX-XXXX."""
WANTED = re.compile(
    r"\b(?:templates?|placeholders?|fill[- ]in|blanks?|forms?|mad ?libs?|lorem|to-?do|jinja|handlebars|mustache"
    r"|angular|vue|format|f-?strings?|mask|anonymi[sz]e|redact"
    r"|django|regex|html|css|letter|e-?mail|contract|variables?|latin|dummy"
    r"|carta|plantilla|lettre|modèle|brief|vorlage|modelo|шаблон|письмо|surat|templat)\b|模板|信函?|テンプレート|手紙|メール|نموذج|رسالة|पत्र|চিঠি|خط",
    re.IGNORECASE,
)
"""Inputs that want a text with gaps."""
