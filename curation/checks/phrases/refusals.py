"""How assistants refuse, and how they speak of themselves as machines: in English and 13 more languages.

A business that cannot do something ("we cannot refund this") is no refusal, so that outside English it needs the first
person singular and a word for helping, answering or the request itself.
"""

import re

_CANNOT = (
    r"(?:can\s?not|can'?t|am (?:not able|unable)|'m (?:not able|unable)|won'?t|will not(?: be able)?|must not"
    r"|am not (?:allowed|permitted|programmed|designed)|'m not (?:allowed|permitted|programmed|designed))(?: to)?"
)
_SORRY = (
    r"(?:(?:i'd|i would) (?:love|like|be happy) to (?:help|assist)|however|i'?m (?:really |very |so |truly )?sorry"
    r"|i am (?:really |very |so |truly )?sorry|sorry|i apologi[sz]e|my apologies|apologies|unfortunately|regrettably|i'?m afraid(?: that)?|i am afraid(?: that)?"
    r"|i regret)"
)
_TASK = (
    r"(?:(?:assist|help)(?: you)?(?: with| in| by|[.,!]|$)|fulfil+ (?:this|that|your|the|such)|comply with"
    r"|(?:complete|carry out|perform|do|honou?r|accommodate|continue with) (?:this|that|your|such) |do (?:this|that)\b"
    r"|(?:generate|create|produce|engage in|participate in|discuss|support|promote|condone|encourage|facilitate"
    r"|offer guidance|give guidance|take part in) "
    r"|(?:answer|respond to|process) (?:this|that|your|such)|(?:provide|write|give|share|offer)(?: you)?(?: with)? "
    r"(?:that|this|such|any|instructions|guidance|advice|medical advice|legal advice|details (?:on|about) how"
    r"|information (?:on|about|that|regarding))\b)"
)
_MODEL = r"(?:an? )?(?:large )?(?:ai|artificial intelligence)?[ -]?(?:language )?model"
_AI = r"(?:ai|artificial intelligence)"
_VENDOR = (
    r"(?:open\s?ai|anthropic|google(?: deepmind| ai)?|meta(?: ai)?|microsoft|mistral(?: ai)?|alibaba(?: cloud)?"
    r"|deepseek|baidu|xai|cohere|moonshot ai|zhipu(?: ai)?|lmsys|laion|stability ai|databricks|nvidia)\b"
)
_NAMED = (
    r"(?:chat\s?gpt(?:-\d\w*)?|gpt-?[345]\w*|claude|google bard|bard|gemini|copilot|bing chat|llama(?:[ -]?\d)?|mistral"
    r"|mixtral|qwen\w*|deepseek\w*|ernie bot|grok|vicuna|alpaca|open ?assistant|dolly|falcon|kimi|chatglm\w*)\b"
)

TALK = {
    "English": rf"\bas an? (?:[\w-]+ (?:and )?){{0,4}}{_AI}(?: powered| based)?[ -](?:language model|assistant|model"
    rf"|chatbot|system|program)(?: (?:\w+ ){{1,3}}by \w+)?,? (?:i|it|my)\b"
    rf"|\bas an {_AI} (?:\w+ ){{0,2}}(?:trained|developed|created|made|built) by \w+,? (?:i|my)\b"
    rf"|\bas an? (?:(?:helpful|responsible|ethical|respectful|harmless|honest),? (?:and )?)+assistant,? i\b"
    rf"|\bi(?:'m| am) an {_AI}(?:,| and| so)(?: (?:therefore|thus|so))? |\bas a machine learning model,? i\b"
    rf"|\bmy programming (?:does not|doesn't|prohibits|forbids|prevents)\b|\bfor me\b[^.!?\n]{{0,40}}\bas an {_AI}\b"
    rf"|\bi(?:'m| am) (?:just |only |merely )?a text-based {_AI}\b|\bi(?:'m| am) (?:designed|made|built) (?:solely |only )?to "
    rf"(?:process and generate|generate) text\b|\bi(?:'m| am) still learning how to (?:answer|do|help)\b"
    rf"|\bmy training(?: data)? (?:only )?(?:goes up to|ends|ended|stops|only includes|only covers)\b"
    rf"|\bas an {_AI},? (?:i|my)\b|\bas {_MODEL},? (?:i|my)\b|\bas a (?:virtual|digital) assistant,? (?:i|my)\b"
    rf"|\bi(?:'m| am) (?:just |only |merely |simply )?(?:an? )?(?:large )?(?:{_AI} )?(?:language model"
    rf"|(?<=ai )(?:assistant|chatbot|program|system))\b"
    rf"|\bi(?:'m| am) (?:just |only |merely )an? {_AI}\b"
    rf"|\bmy (?:last )?(?:knowledge|training(?: data)?) (?:update|cut-?off)\b"
    rf"|\bi (?:was|am|have been) (?:\w+ ){{0,3}}(?:trained|developed|created|made|built|designed) by {_VENDOR}"
    rf"|\bi (?:do not|don'?t) have (?:the (?:ability|capability) to (?:access|browse)|access to (?:real-?time|the internet"
    rf"|current)|real-?time (?:access|data|information)|personal (?:opinions|beliefs|experiences|feelings)|feelings"
    rf"(?: or emotions)?|a physical (?:body|form))\b"
    rf"|\b(?:violates?|against|breach(?:es)?|under) (?:open\s?ai|anthropic|google)'?s? (?:content |usage |use[- ]case )?"
    rf"(?:polic(?:y|ies)|guidelines|terms)\b|\bthis content may violate our (?:content|usage) polic(?:y|ies)\b",
    "a vendor": rf"\b(?:i(?:'m| am)|my name is|this is|you(?:'re| are) (?:now )?(?:talking|speaking|chatting) (?:to|with)) "
    rf"(?:{_NAMED}(?=[^.!?\n]{{0,40}}(?:\b(?:model|assistant|ai|chatbot|trained|developed|created|made|built)\b))"
    rf"|(?:an? )?(?:\w+ ){{0,3}}(?:model|assistant|chatbot|ai)(?: called| named)? (?:{_NAMED}|[^.!?\n]{{0,20}}"
    rf"(?:trained|developed|created|made|built) by {_VENDOR}))"
    r"|我是(?:通义千问|文心一言|ChatGPT|豆包|Kimi|讯飞星火|智谱清言|DeepSeek)"
    r"|\b(?:soy|je suis|ich bin|sou|sono|я) (?:—|-|– )?\s?(?:chat\s?gpt|claude|gemini|qwen|deepseek)\b",
    "French": r"\ben tant (?:que|qu')\s?(?:modèle (?:de langage|linguistique|d'ia)|ia\b|intelligence artificielle"
    r"|assistant(?:e)? (?:ia|virtuel))|\bje (?:ne )?suis (?:qu')?(?:seulement )?une? (?:modèle (?:de langage|d'ia)"
    r"|ia\b|intelligence artificielle|programme informatique)",
    "German": r"\bals (?:ein(?:e)? )?(?:ki(?:-\w+)?|künstliche intelligenz|(?:großes )?sprachmodell"
    r"|virtueller assistent|ki-assistentin?),? (?:kann|habe|bin|darf|verfüge|besitze|werde|fühle) ich\b"
    r"|\bals ki-?(?:sprachmodell|modell|assistent)\b"
    r"|\bich bin (?:nur |lediglich |bloß )?eine? (?:ki\b|ki-\w+|künstliche intelligenz|(?:großes )?sprachmodell)",
    "Spanish": r"\bcomo (?:un )?(?:gran )?modelo de (?:lenguaje|ia\b)|\bcomo (?:una )?(?:ia|inteligencia artificial),? "
    r"(?:no |yo |mi )|\bcomo asistente (?:de ia|virtual),? (?:no |yo |mi )"
    r"|\bsoy (?:solo |sólo |solamente )?una? (?:modelo de lenguaje|ia\b|inteligencia artificial)",
    "Portuguese": r"\bcomo (?:um )?(?:grande )?modelo de (?:linguagem|ia\b)|\bcomo (?:uma )?(?:ia|inteligência "
    r"artificial),? (?:não |eu |meu )|\bcomo (?:um )?assistente (?:de ia|virtual),? (?:não |eu )"
    r"|\bsou (?:apenas |só )?uma? (?:modelo de linguagem|ia\b|inteligência artificial)",
    "Italian": r"\bin quanto (?:modello linguistico|ia\b|intelligenza artificiale|assistente)|\bcome modello "
    r"(?:linguistico|di linguaggio)|\bsono (?:solo |soltanto )?(?:un modello linguistico|un'(?:ia|intelligenza "
    r"artificiale))\b",
    "Russian": r"\bкак (?:большая )?(?:языковая модель|искусственный интеллект|ии(?:-\w+)?|модель ии|нейросеть"
    r"|виртуальный (?:помощник|ассистент)),? я\b|\bя (?:[—–-] )?(?:всего лишь |просто |только )?(?:являюсь )?"
    r"(?:большая )?(?:языков(?:ая|ой) модел(?:ь|ью)|искусственный интеллект|ии-(?:ассистент|помощник)|нейросеть)",
    "Chinese": r"作[为為](?:一[个個名款种種])?[^，。\n]{0,8}(?:人工智[能慧]|AI|[语語]言模型|智能助手|[虚虛][拟擬]助手)[^，。\n]{0,8}[，,]?我"
    r"|我(?:只|[仅僅])?是(?:一[个個名款]|[个個])?(?:由[^，。\n]{1,12}的)?(?:人工智[能慧]|AI|大?型?[语語]言模型)",
    "Japanese": r"(?:AI|人工知能|言語モデル)[^。\n]{0,10}(?:として|であるため|なので)[、,]?(?:私|わたし|個人的な|感情)"
    r"|(?:私|わたし)は[^。\n]{0,12}(?:AI(?:言語モデル|アシスタント)?|人工知能|言語モデル)(?:です|なので|であ|に過ぎ)",
    "Arabic": r"(?:(?:بصفتي|كوني|باعتباري|بما أنني|لأنني)\s(?:مجرد )?|ك)(?:نموذج|ذكاء|مساعد)\S*\s(?:ا?ل?لغ\S+|ا?صطناعي\S*|ا?فتراضي\S*"
    r"|ذكاء)|أنا (?:مجرد )?(?:نموذج (?:لغ|ذكاء)|ذكاء اصطناعي|مساعد (?:ذكاء|افتراضي))",
    "Hindi": r"(?:एआई|ए\.आई\.|\bAI\b|कृत्रिम बुद्धिमत्ता|भाषा मॉडल)[^।\n]{0,25}(?:के रूप में|होने के नाते)[,،]? ?(?:मैं|मेर|मुझ)"
    r"|मैं (?:केवल |सिर्फ़ |बस )?एक (?:बड़ा )?(?:एआई|AI|कृत्रिम बुद्धिमत्ता|भाषा मॉडल)",
    "Bengali": r"(?:এআই|\bAI\b|কৃত্রিম বুদ্ধিমত্তা|ভাষা মডেল)[^।\n]{0,25}(?:হিসেবে|হিসাবে)[,]? ?(?:আমি|আমার)"
    r"|আমি (?:শুধু |কেবল )?(?:একটি|একজন) (?:বৃহৎ )?(?:এআই|AI|কৃত্রিম বুদ্ধিমত্তা|ভাষা মডেল)",
    "Urdu": r"(?:اے آئی|\bAI\b|مصنوعی ذہانت|لسانی ماڈل|لینگویج ماڈل|زبان کے ماڈل)[^۔\n]{0,25}(?:کے طور پر|ہونے کے ناطے)،? ?(?:میں|میر|مجھ)"
    r"|میں (?:صرف |محض )?ایک (?:بڑا )?(?:اے آئی|AI|مصنوعی ذہانت|لسانی ماڈل|لینگویج ماڈل|زبان کا ماڈل)",
    "Indonesian": r"\bsebagai (?:sebuah )?(?:model (?:bahasa|ai)|ai|asisten (?:ai|virtual)|kecerdasan buatan)(?: \w+){0,2},? "
    r"saya\b|\bsaya (?:hanyalah |hanya |adalah )(?:sebuah |seorang )?(?:model bahasa|kecerdasan buatan|asisten ai|ai)\b",
}
"""Speaking as a chatbot."""

REFUSED = {
    "English": rf"\b{_SORRY}\b[^.!?\n]{{0,60}}?\b(?:i|we)\s?{_CANNOT} (?:be able to )?{_TASK}"
    rf"|^\W*i\s?{_CANNOT} (?:be able to )?{_TASK}|\bit (?:is|would be) (?:not |in)appropriate for me to\b"
    rf"|^\W*i can(?:not|'t) and will not\b|\bi\s?(?:can\s?not|can'?t|won'?t),? in good conscience\b"
    rf"|^\W*(?:{_SORRY}[,.]? )?(?:but )?i(?:'m| am) (?:not able|unable) to (?:browse|access|view|see|open|recogni[sz]e|identify"
    rf"|search) |^\W*(?:{_SORRY}[,.]? )?(?:but )?(?:that|this)(?:'s| is) not something (?:i'm|i am) able to\b"
    rf"|^\W*(?:{_SORRY}[,.]? )?(?:but )?i (?:do not|don't) (?:have the (?:ability|capability|capacity) to|feel comfortable"
    rf"|have access to)\b|^\W*(?:{_SORRY}[,.]? )?(?:but )?i(?:'m| am) not comfortable (?:with )?(?:writ|provid|discuss|shar|creat|answer|generat|help)ing\b"
    rf"|\bi (?:must|have to|will have to|need to) (?:respectfully |politely )?(?:decline|refuse)\b|\b(?:goes )?against my "
    rf"(?:programming|guidelines|policy|core values|principles)|\bi(?:'m| am) (?:not )?programmed (?:not )?to\b"
    rf"|^\W*(?:sorry|apologies),? (?:but )?(?:that|this)(?:'s| is) (?:not )?something i {_CANNOT} "
    rf"|^\W*(?:{_SORRY}[,.]? )?(?:but )?(?:this|that|your|the) (?:request|question|prompt|content|topic) (?:violates"
    rf"|goes against|is against|falls outside|is beyond|cannot be)"
    rf"|^\W*i(?:'d| would) (?:rather|prefer) not (?:to )?(?:answer|discuss|write|create|generate|provide)\b",
    "French": r"^\W*(?:(?:je suis|nous sommes)? ?(?:vraiment )?(?:désolée?|navrée?)|je regrette|je m'excuse"
    r"|malheureusement|pardon|excusez-moi)?[,.]? ?(?:mais )?(?:,? )?je ne (?:peux|suis|saurais|puis) (?:malheureusement )?"
    r"(?:pas )?(?:(?:en mesure|capable|autorisée?) (?:de |d'|à ))?(?:vous |te |t')?(?:(?:vous |t')?aider|(?:y )?répondre (?:à|$|[.,!])"
    r"|générer|fournir|satisfaire|accéder à (?:cette|votre|ta)|donner suite|traiter (?:cette|votre|ta)|créer (?:ce|de (?:tel|contenu))|donner (?:ce genre|ce type|de tel)"
    r"|écrire (?:ce|cela|de tel)|participer à)",
    "German": r"^\W*(?:(?:es )?tut mir (?:sehr )?leid|entschuldigung|ich bedaure|sorry)?[,.]? ?(?:aber )?(?:leider )?"
    r"(?:ich kann|kann ich|ich darf|darf ich|ich werde) (?:ihnen |dir |euch )?(?:leider )?"
    r"(?:(?:dabei |damit |hierbei |bei dieser? \w+ |diesbezüglich )(?:leider )?nicht (?:weiter)?(?:helfen|behilflich|unterstützen)"
    r"|nicht (?:weiterhelfen|dabei helfen|damit helfen)"
    r"|(?:diese[rns]?|ihre[rn]?|deine[rn]?|die|solche|keine)\b[^.\n]{0,50}(?:nicht )?(?:beantworten|erfüllen|nachkommen"
    r"|bereitstellen|generieren|unterstützen|(?<=nicht )erstellen)\b"
    r"|keine (?:medizinische|rechtliche|juristische|finanzielle)\w* (?:beratung|auskunft|ratschläge)\w* )"
    r"|^\W*(?:(?:es )?tut mir (?:sehr )?leid|entschuldigung|leider)?[,.]? ?(?:aber )?(?:dabei|damit|hierbei) (?:kann|darf)"
    r" ich (?:ihnen |dir |euch )?(?:leider )?nicht (?:weiter)?helfen"
    r"|^[^.\n]{0,60}\bda ich eine? (?:ki\b|ki-\w+|künstliche intelligenz|sprachmodell)"
    r"|^\W*(?:leider )?(?:ich bin|bin ich) (?:leider )?nicht in der lage,? (?:ihnen |dir |diese|solche|dabei)",
    "Spanish": r"^\W*(?:(?:lo siento(?: mucho)?|lo lamento|disculp[ae]|perdón|lamentablemente|desafortunadamente"
    r"|me temo que)[,.]? )?(?:pero )?(?:no puedo|no me es posible|no soy capaz de|no podré|no estoy (?:autorizad[oa]"
    r"|programad[oa]|en condiciones)(?: a| para| de)?|no me está permitido) (?:ayudar(?:te|le|los)?|asistir(?:te|le)"
    r"|proporcionar|generar|responder|cumplir|atender (?:a )?(?:esa|esta|tu|su)|crear (?:ese|este|ese tipo|contenido)"
    r"|participar en)",
    "Portuguese": r"^\W*(?:(?:me )?(?:desculpe|desculpa|sinto muito|lamento|infelizmente|perdão)[,.]? )?(?:mas )?(?:eu )?"
    r"não (?:posso|consigo|poderei|sou capaz de|estou autorizad[oa] a|tenho permissão para|me é permitido) (?:te |o |lhe )?"
    r"(?:ajudar|ajudá-l[oa]|auxiliar|auxiliá-l[oa]|fornecer|gerar|responder|atender|cumprir|criar (?:esse|este|conteúdo)"
    r"|participar de)",
    "Italian": r"^\W*(?:(?:mi dispiace|spiacente|purtroppo|mi scuso)[,.]? )?(?:ma )?non (?:posso|sono in grado di|mi è "
    r"possibile|potrò) (?:aiutart?[ilv]?|aiutarla|assisterti|fornire|generare|rispondere (?:a|$|[.,!])|soddisfare|creare "
    r"(?:questo|contenuti))",
    "Russian": r"^\W*(?:(?:извини(?:те)?|прости(?:те)?|к сожалению|(?:мне )?(?:очень )?жаль|приношу (?:свои )?извинения)"
    r"[,.]? )?(?:но )?я не (?:могу|смогу|в состоянии|имею возможности|имею права) (?:вам |тебе )?(?:с этим |в этом )?"
    r"(?:помочь|ответить на (?:этот|данный|ваш|твой|такой)|предоставить|выполнить (?:этот|данный|ваш|твой|эту|вашу)"
    r"|создать (?:такой|подобн|этот)|сгенерировать|написать (?:это|такой|подобн)|обсуждать|участвовать)",
    "Chinese": r"^\W*(?:[很非十]?常?分?(?:抱歉|[对對]不起|不好意思|[遗遺]憾)[^。\n]{0,12}?)(?:我)?(?!们|們)(?:[无無]法|不能|[没沒]有?[办辦]法|不便|不[会會])"
    r"[^。！？\n]{0,8}(?:回答|[协協]助|[帮幫]助?[您你]|[满滿]足|生成|[讨討][论論]|[参參][与與]|完成[这這此您你]|[执執]行[这這此您你]"
    r"|提供(?:[这這此该該那任相有您你]|具[体體]))"
    r"|^\W*我(?:[无無]法|不能|[没沒]有?[办辦]法)(?:回答|提供|[协協]助|[满滿]足|生成|[讨討][论論]|[参參][与與]|完成)(?:[这這此该該您你]|任何|相[关關]|有[关關])",
    "Japanese": r"^\W*(?:(?:大変)?申し訳|すみません|ごめんなさい|恐れ入ります)[^。\n]{0,25}(?:その|この|ご要望|ご質問|リクエスト|ご依頼|そのような|質問|お手伝い)"
    r"[^。\n]{0,25}(?:できません|できかね|いたしかね|かねます|できない)"
    r"|^\W*(?:その|この|ご)(?:要望|質問|リクエスト|依頼|ような)[^。\n]{0,25}(?:お答え|対応|お応え|生成|提供)[^。\n]{0,8}(?:できません|できかね|かねます)",
    "Arabic": r"^\W*(?:(?:أنا )?(?:آسف\S*|عذر\S*|أعتذر|معذرة|للأسف|يؤسفني)[^.؟!\n]{0,25}?)(?:لا (?:أستطيع|يمكنني|أقدر)|لن (?:أستطيع|أتمكن)"
    r"|غير قادر\S*|ليس بإمكاني|لست قادر\S*)[^.؟!\n]{0,8}?(?:مساعدت|المساعدة|تقديم|الإجابة|إنشاء|توفير|تلبية|تنفيذ|الرد|مناقشة|إكمال|المشاركة)"
    r"|^\W*لا (?:أستطيع|يمكنني) (?:مساعدتك|المساعدة (?:في|ب)|الإجابة (?:على|عن) (?:هذا|هذه|سؤالك)|تلبية (?:هذا|طلبك)|تقديم (?:هذا|هذه|أي))",
    "Hindi": r"^\W*(?:क्षमा|माफ़|माफ|खेद|मुझे खेद|मुझे (?:बहुत )?अफ़सोस)[^।\n]{0,40}मैं [^।\n]{0,50}(?:सहायता|मदद|उत्तर|जवाब|प्रदान|अनुरोध|सामग्री)"
    r"[^।\n]{0,25}(?:नहीं (?:कर|दे|बना|लिख) ?(?:सक|पा)|असमर्थ)"
    r"|^\W*मैं (?:इस|इसमें|आपके|ऐसे|ऐसी)[^।\n]{0,40}(?:नहीं (?:कर|दे|बना|लिख) ?(?:सक|पा)|असमर्थ)",
    "Bengali": r"^\W*(?:(?:আমি )?(?:দুঃখিত|ক্ষমা|মাফ)|দুঃখের বিষয়)[^।\n]{0,30}(?:আমি )?[^।\n]{0,40}(?:সাহায্য|সহায়তা|উত্তর|প্রদান|অনুরোধ|তথ্য)"
    r"[^।\n]{0,25}(?:পারছি না|পারব না|পারবো না|পারি না|অক্ষম|সম্ভব ন)"
    r"|^\W*আমি (?:এই|এ বিষয়ে|আপনার|এমন)[^।\n]{0,40}(?:পারছি না|পারব না|পারবো না|পারি না|অক্ষম)",
    "Urdu": r"^\W*(?:میں )?(?:معذرت|معاف|افسوس|مجھے افسوس)[^۔\n]{0,30}میں [^۔\n]{0,50}(?:مدد|جواب|فراہم|درخواست|معلومات)[^۔\n]{0,25}"
    r"(?:نہیں (?:کر|دے) ?سک|قاصر)"
    r"|^\W*میں (?:اس|آپ کی|ایس)[^۔\n]{0,40}(?:نہیں (?:کر|دے) ?سک|قاصر)",
    "Indonesian": r"^\W*(?:(?:mohon )?maaf(?:kan saya)?|sayangnya|saya minta maaf|saya mohon maaf)[^.!?\n]{0,25}?(?:saya )?(?:tidak "
    r"(?:dapat|bisa|mampu|boleh|diizinkan)|tak bisa) (?:membantu|memenuhi|menjawab (?:pertanyaan )?(?:ini|itu|tersebut|anda)"
    r"|menghasilkan|memberikan (?:informasi|instruksi|saran|konten|itu|hal)|membuat konten|membahas)"
    r"|^\W*saya tidak (?:dapat|bisa) (?:membantu (?:anda )?(?:dengan|dalam)|memenuhi|menjawab (?:pertanyaan )?(?:ini|itu))",
}
"""Refusing, said at the start of an answer."""

TALKING = re.compile("|".join(TALK.values()), re.IGNORECASE)
REFUSING = re.compile("|".join(REFUSED.values()), re.IGNORECASE)
SIGNS = re.compile(
    r"language model|\ban ai\b|artificial intelligence|ai assistant|openai|anthropic|chat ?gpt|trained by|modèle de"
    r"|sprachmodell|modelo de l|linguistico|языковая модель|искусственный интеллект|[语語]言模型|人工智|言語モデル"
    r"|نموذج|भाषा मॉडल|ভাষা মডেল|ماڈل|model bahasa",
    re.IGNORECASE,
)
"""Words without which no text speaks as a chatbot far from its start: read first, as it is fast."""
ABOUT_IT = re.compile(
    r"\b(?:who|what) (?:are|were) you\b|\bwho you are\b|\b(?:are|as|were) an? (?:ai|chatbot)\b|\bchatbots?\b"
    r"|\bare you (?:an?|the|real|human|alive|sentient|conscious|able|allowed|sure|self|just|really|capable)\b|\bchat\s?gpt\b|\blanguage model|\bassistants?\b"
    r"|\bwho (?:made|created|built|trained)\b|\brefus|\bdeclin|\bapolog|\bai\b|\bopenai\b|\bclaude\b|\bgemini\b"
    r"|\b(?:ia|ki|künstliche intelligenz|inteligencia artificial|inteligência artificial|intelligence artificielle)\b"
    r"|\bqui (?:es-tu|êtes-vous)|\bwer (?:bist du|sind sie)|\b(?:quién|quien) (?:eres|te)|\bquem (?:é você|te)"
    r"|кто ты|кто вы|искусственн|нейросет|人工智|[语語]言模型|(?<![a-z])ai(?![a-z])|你是[谁誰]|あなたは|人工知能|من أنت|ذكاء اصطناعي|तुम कौन|आप कौन|एआई"
    r"|আপনি কে|তুমি কে|এআই|آپ کون|مصنوعی ذہانت|siapa (?:kamu|anda)|kecerdasan buatan",
    re.IGNORECASE,
)
"""Inputs about the assistant itself, about language models or about refusing."""
