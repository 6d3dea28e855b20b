"""Outputs that stop too early, and short, listed, signed or coded ones that are whole."""

ASK = "Tell me about the history of the bridge."
PROPER = (
    "The bridge was built in 1890 by two brothers from the north. It carried coal wagons for sixty years, until the "
    "mine closed. Today people walk across it every day"
)
BESIDE = [(f"{ASK} {n}", f"{PROPER} number {n}.") for n in range(12)]
WRONG = [
    PROPER,
    PROPER + " and",
    PROPER + ", which is",
    PROPER + " because of the",
    PROPER + ". In the spring, the",
    PROPER + ". It was repaired by",
    "The three causes were trade, war and",
    "First, heat the oven to 180 degrees,",
    "He opened the letter and saw that it was from the",
    PROPER + ". (The second bridge, however,",
    PROPER + ". There were several reasons for this, such as",
    "```python\ndef add(a, b):\n    return a + b",
    "Here is the code:\n```js\nconst a = [1, 2",
    '{"name": "Ada", "born": 1815, "work": ["notes", "letters"',
    '[{"id": 1, "name": "one"}, {"id": 2, "na',
    "def total(rows):\n    result = sum(\n        row.price for row in rows",
    "function greet(name) {\n  console.log('hello ' + name);\n  if (name) {",
    'int main() {\n    int a = 5;\n    printf("%d", a);',
    "1. Wash the rice.\n2. Boil the water.\n3. Add the rice and cook it for as long as the packet says and then",
    "Les trois raisons étaient le commerce, la guerre et",
    "Die drei Gründe waren der Handel, der Krieg und",
]
RIGHT = [
    PROPER + ".",
    PROPER + "!",
    PROPER + "…",
    PROPER + ' ("the old bridge").',
    PROPER + ". **That is all.**",
    "Paris",
    "42",
    "yes",
    "The Eiffel Tower",
    "- apples\n- pears\n- plums",
    "1. Wash the rice\n2. Boil the water\n3. Serve",
    PROPER + ".\n\nYours sincerely,\nAda Lovelace",
    PROPER + ". Yours sincerely, Dr. Ada Lovelace",
    PROPER + ".\n- Ada",
    "The total is 3 + 4 = 7\n#### 7",
    "Read more at https://example.org/history/bridge",
    "def add(a, b):\n    return a + b",
    "for i in range(3):\n    print(lst[i // 2])  # (half",
    'if [ $# -ne 1 ]; then\n  echo "Usage: $0 (file"\nfi',
    "SELECT name FROM bridges WHERE built < 1900",
    "```python\nprint('done')\n```",
    '{"name": "Ada", "born": 1815}',
    "橋は1890年に建てられました。今日では毎日人々が歩いて渡ります。",
    "पुल 1890 में बनाया गया था। आज लोग रोज़ उस पर चलते हैं।",
    "Roses are red\nViolets are blue\nSugar is sweet\nAnd so are you",
    "Thank you so much for your help today, it made all the difference! 🎉",
    "| year | event |\n|---|---|\n| 1890 | built |",
    "Step 1: open the lid\nStep 2: press start",
]
WRONG += [
    "Sift 200 g of flour, 100 g of sugar, and 50 g of",
    "Sure! Here are the steps:\n1. Open the app on your phone\n2. Tap on the",
    PROPER + ". However,",
    "def squares(n):\n    return [i * i for i in range(n",
    '{"name": "Ada", "text": "She wrote the first',
    PROPER + ". The law was passed in spite of the oppos-",
]
RIGHT += [
    "To be or not to be",
    "Chapter 3: The Return of the King",
    "What are you looking at",
    "Log in",
    "The old bridge at the north gate",
    "ORDER #4711 SHIPPED",
    "¿Dónde está la estación?",
    "他昨天去了北京",
    "git checkout -b feature/new-bridge",
    "print('a' if x else 'b')",
    "f(x) = (x + 1) / 2",
    "Best,\nTom",
    "Who is this letter for",
]
