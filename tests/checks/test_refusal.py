import pytest

WRITE = "Write a short story about a dragon."
REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "I’m sorry, but I cannot assist with that request.",
    "I apologize, but I am unable to fulfill your request.",
    "Sorry, I can't provide that information.",
    "As an AI language model, I do not have personal opinions.",
    "As an AI, I don't have feelings, but I can tell you about dragons.",
    "I cannot generate content that promotes violence.",
    "I am unable to assist you with this.",
    "I'm just a language model, so I can't do that.",
    "Unfortunately, I can't answer this question.",
    "I must respectfully decline to write this.",
    "My apologies, I am not able to complete this task.",
    "As a large language model, I cannot browse the internet.",
    "My knowledge cutoff is September 2021.",
    "I'm an AI assistant and I have no access to your files.",
    "I won't provide any instructions for that.",
    "I was trained by OpenAI and do not know today's news.",
    "It is not appropriate for me to discuss this.",
    "Je suis désolé, mais je ne peux pas vous aider avec cela.",
    "Es tut mir leid, aber ich kann dabei leider nicht helfen.",
    "Lo siento, pero no puedo ayudar con eso.",
    "En tant que modèle de langage, je n'ai pas d'opinion.",
    "That goes against my programming.",
]
ANSWERS = [
    ("Write an apology for missing dinner.", "I'm sorry, but I can't come to dinner tonight. Work kept me late."),
    ("Reply to this invitation.", "Unfortunately I cannot attend the meeting on Monday."),
    ("Where is my order?", "I'm sorry about the delay! Your order left our warehouse today."),
    ("Can I get a refund after 60 days?", "Unfortunately, we cannot refund orders older than 30 days."),
    (WRITE, "The guard crossed his arms. \"I'm sorry, but I can't help you with that,\" he said."),
    (WRITE, "“I cannot help you with this,” said the dragon, and slept on."),
    ("What is a language model?", "A language model predicts the next word of a text."),
    ("How did you become an engineer?", "As an engineer, I build bridges."),
    ("Are you a robot?", "Yes, I'm an AI assistant, and I can help with your orders."),
    ("Who made you?", "I was created by OpenAI."),
    ("What is AI?", "Artificial intelligence is the field of building machines that reason."),
    ("Summarise the article.", "The company can't provide power to the north because the grid failed."),
    ("Give an example of a refusal.", "I'm sorry, but I can't help with that."),
    ("Why can't penguins fly?", "Penguins cannot fly because their wings are built for swimming."),
    ("Can I bring my dog?", "No."),
    ("Translate: I am unable to come.", "Je ne peux pas venir."),
    ("Which model should I use for churn?", "As a model, logistic regression is a sound start."),
    ("What does 403 mean?", "The server understood the request and refuses to authorise it."),
    ("Write a resignation.", "I must resign from my post. I can't thank you enough."),
    ("How do I help a friend?", "I can't stress this enough: listen first. Then help with small things."),
    ("Play a medieval knight.", "I am sworn to the king and cannot betray him, good sir!"),
    ("Explain the error", "```\nraise ValueError('I cannot process this')\n```"),
]


@pytest.mark.parametrize("output", REFUSALS)
def test_a_refusal_is_flagged(output, sure):
    assert sure("refusal", [(WRITE, output)]) == [True]


@pytest.mark.parametrize(("asked", "output"), ANSWERS)
def test_an_answer_is_not_a_refusal(asked, output, sure):
    assert sure("refusal", [(asked, output)]) == [False]
