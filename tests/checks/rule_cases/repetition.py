"""Outputs stuck in a loop, and choruses, tables, lists, code and repetition that was asked for."""

ASK = "Tell me about the old mill."
WRONG = [
    "The mill stands by the brook. " * 12,
    "The mill was built by two sisters and the mill was built by two sisters and " * 6,
    "flour, water, flour, water, flour, water, flour, water, flour, water, flour, water",
    "It was " + "very " * 30 + "old.",
    "def mill(water):\n    return water * 2\n\nprint(mill(3))" + " print(mill(water))" * 20,
    "The wheel turned and turned" + " and turned" * 25,
    "1. The wheel\n2. The wheel\n3. The wheel\n4. The wheel\n5. The wheel\n6. The wheel\n7. The wheel",
    "- stone\n- stone\n- stone\n- stone\n- stone\n- stone",
    "The miller rose early and opened the sluice before the sun was up.\n" * 5,
    "Yesssssssssssssssssssssssssssssssssssssss, it still grinds.",
    "The miller laughed hahahahahahahahahahahahahahahahahahahahahahahaha and went on.",
    "Le moulin est au bord de la rivière. " * 8,
    "Die Mühle steht am Bach und die Mühle steht am Bach und die Mühle steht am Bach und die Mühle steht am Bach "
    "und die Mühle steht am Bach und die Mühle steht am Bach.",
    "El molino es viejo. El molino es viejo. El molino es viejo. El molino es viejo. El molino es viejo.",
    "磨坊在河边。磨坊在河边。磨坊在河边。磨坊在河边。磨坊在河边。磨坊在河边。磨坊在河边。",
    "水車小屋は古いです。水車小屋は古いです。水車小屋は古いです。水車小屋は古いです。水車小屋は古いです。",
    "Мельница стоит у реки, и мельница стоит у реки, и мельница стоит у реки, и мельница стоит у реки, "
    "и мельница стоит у реки, и мельница стоит у реки.",
    "الطاحونة قديمة. الطاحونة قديمة. الطاحونة قديمة. الطاحونة قديمة. الطاحونة قديمة. الطاحونة قديمة.",
    "चक्की पुरानी है। चक्की पुरानी है। चक्की पुरानी है। चक्की पुरानी है। चक्की पुरानी है। चक्की पुरानी है।",
    "The mill has three floors. On the first floor is the store, on the second floor is the stone, "
    + "on the third floor is the hopper, " * 9,
    "Q: Who built it? A: Two sisters. " * 7,
    "\n".join(
        f"{a} {b}"
        for a in ("The brook feeds the wheel of the mill.", "Flour is sold in the yard on Saturdays.")
        for b in ("The miller rests at noon.", "The miller rests at noon.", "The cat sleeps on the sacks.") * 3
    ),
    ("Write a song about the mill.", "Turn, wheel, turn, the day is long.\n" * 30),
    "thank you thank you thank you thank you thank you thank you thank you thank you",
    "The mill is old. The mill is old. The mill is old. The mill is old.",
    "Step 1: turn the wheel. Step 2: turn the wheel. Step 3: turn the wheel. Step 4: turn the wheel. Step 5: turn the wheel.",
    "flour\nflour\nflour\nflour\nflour",
    "Why?" + "!" * 60,
    "mill mill mill mill mill mill mill mill mill mill mill mill",
]
RIGHT = [
    ("Write the chorus of a harvest song.", "Bring it in, bring it in,\nbring it in before the rain,\n" * 2),
    ("Write a song about the tide.", "Roll, roll, roll along,\nroll along with me.\n" * 4 + "Home we are at last."),
    ("Say thanks fifty times.", "Thanks. " * 50),
    ("Repeat the word lantern.", "lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern"),
    ("Schreibe das Wort Mühle 12-mal.", "Mühle " * 12),
    ("写十遍“磨坊”。", "磨坊磨坊磨坊磨坊磨坊磨坊磨坊磨坊磨坊磨坊"),
    ("Write the three times table.", "\n".join(f"3 x {n} = {3 * n}" for n in range(1, 13))),
    ("Make a table of opening hours.", "\n".join(f"| Day {n} | 9 to 5 | 9 to 5 |" for n in range(1, 15))),
    ("Print a grid of zeros.", "0 0 0 0 0 0\n0 0 0 0 0 0\n0 0 0 0 0 0"),
    ("Write code that lights three lamps.", "```c\n" + "lamp_on();\nwait(5);\n" * 12 + "```"),
    ("Draw a row of trees.", "```\n" + "  /\\   " * 20 + "\n```"),
    "\n".join(
        f"- The mill {verb} grain from the {place}."
        for verb, place in zip(
            ("takes", "weighs", "cleans", "grinds", "sifts", "packs", "sells", "sends"),
            ("north farm", "south farm", "hill", "valley", "coast", "town", "island", "priory"),
        )
    ),
    "No, no, no! The miller would not hear of it. He shook his head and closed the gate for the night.",
    "It was very, very, very old, older than the church, and nobody knew who had laid the first stone.",
    "Ha ha ha! That is a good one. The miller told it to everybody who came for flour that week.",
    "Aaaaah, the smell of new bread! That is what people remember about the mill on Saturday mornings.",
    "The mill ground rye on Monday. The mill ground wheat on Tuesday. The mill ground oats on Wednesday. "
    "The mill rested on Sunday.",
    ("Give a dialogue at the gate.", "- Who is there?\n- Me.\n- Who is me?\n- Me.\n- Come in then.\n- Thank you."),
    "Der Müller sagte ja, ja, ja und ging. Am Abend kam er wieder, setzte sich ans Feuer und schwieg.",
    "水车转啊转，磨坊里的人忙着筛面粉。晚上他们坐在河边，一起唱歌，一起吃饭。",
    "The value is 0.3333333333333333333333333333333333 and the ratio is 1000000000000000000000000000000.",
    ("Which years were wet?", "1911, 1912, 1913, 1921, 1922, 1930, 1931, 1932, 1947, 1948, 1950, 1951, 1953, 1960."),
    (
        "How is the number of a mill checked?",
        r"^(?:(\+44\s?\d{4}|0\d{4})\s?\d{3}\s?\d{3}|(\+44\s?\d{3}|0\d{3})\s?\d{3}\s?\d{4}|0\d{2}\s?\d{4})$",
    ),
    ("Count the votes.", "yes 1, yes 1, yes 1, no 0, yes 1, no 0, yes 1: five of seven said yes."),
    ("Correct this: ha ha ha ha ha ha ha ha ha ha said he", "“Ha ha ha ha ha ha ha ha ha ha,” said he."),
    "The form has a line for the name: ______________________________________ and one for the date: ___________.",
    (
        "Write a nursery rhyme.",
        "Round the wheel, round the wheel,\nround the wheel we go,\nround the wheel, round the wheel,"
        "\nfast and then so slow.",
    ),
]
WRONG += [
    # also in program text and sums, where the same words come over and over on one line
    ("How many sacks are left?", "They had 12 sacks.\n12 - 4 = <<12-4=8>>8 sacks.\n#### 8" + " #### 8" * 30),
    ("She has 3 times as many sacks as he has. How many?", "3 * 4 = 12 sacks. #### 12" + " sacks. #### 12" * 20),
    "int grind() {\n  return 0;\n}" + " return 0; }" * 16,
    "public class Mill {\n  int sacks = 4;\n}" + " }" * 24,
    (
        "Write a loop that counts sacks.",
        "for sack in sacks:\n    count(sack)\n" + "for sack in sacks: count(sack) " * 14,
    ),
    "```js\nmill.turn();\n```" + " mill.turn(); ```" * 15,
    "The miller sold the flour in the yard and told everyone who came of the long dry summer before the great flood "
    "came down the valley and took the wheel, the sluice and half the roof with it, so that in the end there was only "
    "the stone" + " stone" * 14,
]
RIGHT += [
    ("Ada has 3 times as many sacks as Bo, who has 4. How many?", "3 * 4 = <<3*4=12>>12 sacks.\n#### 12"),
    ("Write a list of twenty zeros in Python.", "sacks = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"),
    ("Close all blocks.", "if (a) {\n  if (b) {\n    if (c) {\n    } } }"),
    ("Write a loop that prints four rows.", "for row in range(4):\n    print('sack sack sack')"),
    (
        "Indent a line in HTML.",
        "<p>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;flour</p>",
    ),
    ("Make a matrix of ones.", "m = [[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]]"),
]
WRONG += [
    ("What is six times seven?", "42" + "2" * 60),
    "mill = open(path)\n" + "mill.grind()\n" * 14,
]
RIGHT += [
    ("Write ten to the power of fifty as a number.", "1" + "0" * 50),
    ("Print the word mill fourteen times without a loop.", "print('mill')\n" * 14),
    "0." + "3" * 20,
]
