"""Outputs in a language nobody asked for, and those that were asked for or cannot be told."""

BESIDE = [
    (
        f"Please explain to me how the number {n} was written by the Romans.",
        f"It was written with letters; that is what {n} is.",
    )
    for n in range(30)
]
ENGLISH = "Please explain in a few sentences how a bicycle stays upright when it moves."
OTHERS = {
    "French": "Un vélo reste debout parce que la roue avant tourne du côté où il penche, ce qui le redresse aussitôt.",
    "German": "Ein Fahrrad bleibt aufrecht, weil das Vorderrad sich in die Richtung dreht, in die es sich neigt.",
    "Spanish": "Una bicicleta se mantiene en pie porque la rueda delantera gira hacia el lado al que se inclina.",
    "Italian": "Una bicicletta resta in piedi perché la ruota anteriore gira verso il lato in cui si inclina.",
    "Portuguese": "Uma bicicleta fica de pé porque a roda da frente gira para o lado em que ela se inclina.",
    "Dutch": "Een fiets blijft overeind omdat het voorwiel draait naar de kant waarheen de fiets overhelt.",
    "Swedish": "En cykel håller sig upprätt eftersom framhjulet svänger åt det håll som cykeln lutar.",
    "Polish": "Rower utrzymuje się w pionie, ponieważ przednie koło skręca w stronę, w którą się przechyla.",
    "Russian": "Велосипед не падает, потому что переднее колесо поворачивается в ту сторону, куда он наклоняется.",
    "Ukrainian": "Велосипед не падає, тому що переднє колесо повертається в той бік, куди він нахиляється.",
    "Turkish": "Bisiklet ayakta kalır çünkü ön tekerlek bisikletin eğildiği yöne doğru kendiliğinden döner.",
    "Japanese": "自転車が倒れないのは、傾いた方向に前輪が自然に曲がって、車体を元に戻すからです。",
    "Chinese": "自行车不会倒下，是因为前轮会朝着车身倾斜的方向转动，从而使车身重新直立起来。速度越快越稳定。",
    "Korean": "자전거가 넘어지지 않는 이유는 앞바퀴가 기울어지는 방향으로 돌아가서 다시 균형을 잡기 때문입니다.",
    "Arabic": "تبقى الدراجة منتصبة لأن العجلة الأمامية تدور نحو الجانب الذي تميل إليه فتعود إلى توازنها.",
    "Hindi": "साइकिल सीधी रहती है क्योंकि अगला पहिया उसी ओर मुड़ता है जिस ओर साइकिल झुकती है।",
    "Greek": "Το ποδήλατο μένει όρθιο επειδή ο μπροστινός τροχός στρίβει προς την πλευρά που γέρνει.",
    "Finnish": "Polkupyörä pysyy pystyssä, koska etupyörä kääntyy siihen suuntaan, johon pyörä kallistuu.",
    "Czech": "Kolo zůstává ve svislé poloze, protože přední kolo se stáčí na tu stranu, na kterou se naklání.",
    "Vietnamese": "Xe đạp không bị đổ vì bánh trước tự quay về phía mà xe đang nghiêng, nhờ đó xe đứng thẳng lại.",
    "Hungarian": "A kerékpár azért marad állva, mert az első kerék arra fordul, amerre a kerékpár dől.",
}
FRENCH = "Explique en quelques phrases comment un vélo reste debout quand il avance."
WRONG = [(ENGLISH, text) for text in OTHERS.values()]
RIGHT = [
    (
        ENGLISH,
        "It steers into the fall: the front wheel turns to the side it leans to, and that sets it upright again.",
    ),
    (FRENCH, OTHERS["French"]),
    ("Translate into French: a bicycle stays upright when it moves because the wheel turns.", OTHERS["French"]),
    ("Write a sentence in German about how a bicycle stays upright when it moves.", OTHERS["German"]),
    ("How would a Spanish teacher explain how a bicycle stays upright?", OTHERS["Spanish"]),
    ("Traduis en allemand cette phrase sur le vélo qui reste debout quand il avance.", OTHERS["German"]),
    (ENGLISH, "Vélo."),
    (ENGLISH, "C'est la vie"),
    (ENGLISH, "def balance(angle):\n    roue = angle * 2\n    return roue\n\nprint(balance(3))"),
    (ENGLISH, "```python\nvitesse = 3\nroue_avant = vitesse * 2\n```"),
    (ENGLISH, "Giovanni Battista Pergolesi, Ludwig van Beethoven"),
    ("Name three dishes and tell me how they are made.", "Boeuf bourguignon, coq au vin, ratatouille"),
    (
        "How do you say thanks in this language: French?",
        "On dit merci beaucoup à tous les gens qui nous ont aidés aujourd'hui.",
    ),
    ("def roue(): pass", OTHERS["French"]),
    ("x = 3", "It is the number three, which is what x was given in the line that you wrote."),
    (
        "SELECT nom FROM velos WHERE prix < 100",
        "This returns the names of all bicycles that cost less than 100 from the table.",
    ),
    ("日本語で答えてください。自転車はなぜ倒れないのですか。詳しく説明してください。", OTHERS["Japanese"]),
    (OTHERS["Swedish"], "En sykkel holder seg oppreist fordi forhjulet svinger til den siden som sykkelen heller mot."),
    (OTHERS["Spanish"], "Una bicicleta es manté dreta perquè la roda del davant gira cap al costat on s'inclina."),
    ("", OTHERS["French"]),
    (ENGLISH, "12 34 56 78 90 12 34 56 78 90 12 34 56 78 90"),
]
WRONG += [
    (FRENCH, "It steers into the fall: the front wheel turns to the side it leans to, and that sets it upright again."),
    (ENGLISH, "O bicicletă rămâne în picioare deoarece roata din față se întoarce spre partea în care se înclină."),
    (ENGLISH, "En cykel holder sig oprejst, fordi forhjulet drejer til den side, som cyklen hælder mod."),
    (ENGLISH, "จักรยานไม่ล้มเพราะล้อหน้าหมุนไปทางด้านที่รถเอียง ทำให้ตัวรถตั้งตรงขึ้นมาอีกครั้ง"),
    (ENGLISH, "אופניים נשארים זקופים מפני שהגלגל הקדמי פונה אל הצד שאליו הם נוטים וכך הם מתיישרים."),
    (ENGLISH, "Sepeda tetap tegak karena roda depan berbelok ke arah sepeda itu miring, lalu tegak kembali."),
    (ENGLISH, "Well: un vélo reste debout parce que la roue avant tourne du côté où il penche, ce qui le redresse."),
]
RIGHT += [
    ("How does the Aeneid begin? Quote it.", "Arma virumque cano, Troiae qui primus ab oris Italiam venit litora."),
    (
        "Sing the song of brother John in the original.",
        "Frère Jacques, Frère Jacques, dormez-vous, dormez-vous ? Sonnez les matines !",
    ),
    (
        "What did Descartes say about thinking and being?",
        "“Je pense, donc je suis”, which is to say that who thinks must be.",
    ),
    (
        "List the herbs that we need for the soup tonight, please.",
        "persil, thym, laurier, romarin, ciboulette, estragon, cerfeuil",
    ),
    (ENGLISH, "C'est très simple!"),
    (ENGLISH, "https://fr.wikipedia.org/wiki/Bicyclette_et_equilibre_de_la_roue_avant_qui_tourne"),
    (OTHERS["Russian"], OTHERS["Ukrainian"]),
]
