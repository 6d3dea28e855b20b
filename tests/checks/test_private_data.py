import json

import pytest

from curation.checks import run
from curation.records import dataset

ASK = "How do I reach them?"
LETTERS = "aZ3kQ9xW2mN7vB4cR8tY6uJ1pL5sD0fG"
LONG = LETTERS * 4


def key(prefix, length, alphabet=LONG):
    return prefix + alphabet[:length]


# put together here so that no scanner takes this file for a leak
SECRETS = {
    "aws": key("AK" + "IA", 16, "Q7W3E5R9T1Y2U4I6"),
    "aws temporary": key("AS" + "IA", 16, "Q7W3E5R9T1Y2U4I6"),
    "github": key("gh" + "p_", 36),
    "github app": key("gh" + "s_", 36),
    "gitlab": key("gl" + "pat-", 20),
    "gitlab runner": key("GR13" + "48941", 20),
    "slack": "xo" + "xb-4718239051-9283746501-" + LETTERS.lower()[:24],
    "slack hook": "https://hooks.slack.com/services/" + "T0A1B2C3D/B0A1B2C3D/" + LETTERS[:24],
    "stripe": key("sk" + "_live_", 24),
    "stripe restricted": key("rk" + "_live_", 24),
    "sendgrid": "SG" + f".{LONG[:22]}.{LONG[:43]}",
    "jwt": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    + "eyJzdWIiOiI5ODcxIiwibmFtZSI6IkFkYSJ9.8nYQf3ZbR1s0k2vXc9dLw7TgHq4mPj6aEu5iOyBxNzM",
    "mailchimp": "9f8e7d6c5b4a39281706f5e4d3c2b1a0" + "-us14",
    "openai": "sk" + f"-{LONG[:20]}T3BlbkFJ{LONG[:20]}",
    "npm": "//registry.npmjs.org/:_authToken=" + key("np" + "m_", 36),
    "pypi": "pypi-" + "AgEIcHlwaS5vcmc" + LONG[:76],
    "telegram": "918273645" + f":{LONG[:35]}",
    "twilio": "AC" + "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    "discord": "M" + f"{LONG[:23]}.{LONG[:6]}.{LONG[:27]}",
    "square": "sq0csp" + f"-{LONG[:43]}",
    "azure": "AccountKey=" + LONG[:88],
    "basic auth": "postgres://ada:" + "h8Kq2LmZ" + "@db.internal:5432/app",
    "private key": "-----BEGIN RSA " + f"PRIVATE KEY-----\n{LONG[:64]}\n-----END",
}
HARMLESS = [
    "commit 9f8e7d6c5b4a39281706f5e4d3c2b1a0ffeeddcc",
    "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "id 550e8400-e29b-41d4-a716-446655440000",
    "AKIAIOSFODNN7EXAMPLE is the key in the documentation",
    "api_key = 'YOUR_API_KEY'",
    "password: hunter2",
    "token = os.environ['GITHUB_TOKEN']",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
    "https://user:password@example.com/path",
    "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PUBLIC KEY----- is the header of a public key",
    "the JWT starts with eyJ",
    "APPLES and APRICOTS and AKCENTS",
    "192.168.0.1",
    "base64: aGVsbG8gd29ybGQgdGhpcyBpcyBhIHRlc3Q=",
    "ISBN 978-3-16-148410-0",
    "0123456789abcdef0123456789abcdef",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
    "See https://github.com/ada/notes@main for the code",
    "xoxo, your friend",
    "git@github.com:ada/notes.git",
]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_flagged_and_never_repeated(kind, alone):
    data = dataset([{"input": ASK, "output": f"Use this one: {SECRETS[kind]} please"}])
    (row,) = run(data, alone(data), ["secrets"]).table.to_pylist()
    shown = row["message"] + row["evidence"] + row["suggestion"]
    assert not any(SECRETS[kind][n : n + 8] in shown for n in range(len(SECRETS[kind]) - 8))


@pytest.mark.parametrize("output", HARMLESS)
def test_a_harmless_string_is_no_secret(output, sure):
    assert sure("secrets", [(ASK, output)]) == [False]


PERSONAL = [
    "Write to ada.lovelace@gmail.com",
    "ada+news@uni-bonn.de",
    "mail: a_b@sub.firma.co.uk.",
    "<ada@proton.me>",
    "Call +49 228 731234 today",
    "+1 (415) 867-5309",
    "+33 6 12 98 45 73",
    "+44 20 7946 0958",
    "(415) 867-5309",
    "415-867-5309",
    "phone: 0228 73 12 34",
    "Tel. 030/901820 or tel: 030 9018 2099",
    "my mobile 0171 2983746",
    "card 4539 1488 0343 6467",
    "5425 2334 3010 9903",
    "374245455400126",
    "6011 0009 9130 0009",
    "IBAN DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NL91ABNA0417164300",
    "AT61 1904 3002 3457 3201",
    "CH9300762011623852957",
]
IMPERSONAL = [
    "user@example.com",
    "you@yourdomain.com",
    "git@github.com:ada/notes.git",
    "@ada on the forum",
    "a@b",
    "price@5",
    "order 4539148803436468",
    "4111 1111 1111 1111",
    "4242 4242 4242 4242",
    "1234 5678 9012 3456",
    "0000 0000 0000 0000",
    "(555) 555-0123",
    "555-0142",
    "(212) 555-0134",
    "2024-01-15",
    "1234567890",
    "10.0.0.1",
    "3.14159265358979",
    "ISBN 978-3-16-148410-0",
    "DE00 1234 5678 9012 3456 78",
    "version 4.11.1",
    "1999-2004",
    "5 + 3 = 8",
    "GB82 TEST",
    "timestamp 1700000000000",
    "range(1000, 2000, 300)",
    "call me at noon",
    "phone 12 Pro Max",
]


@pytest.mark.parametrize("output", PERSONAL)
def test_personal_data_is_flagged_and_masked(output, alone):
    data = dataset([{"input": ASK, "output": output}])
    (row,) = run(data, alone(data), ["pii"]).table.to_pylist()
    assert row["confidence"] >= 0.5
    assert all("•" in one["masked"] for one in json.loads(row["evidence"])["found"])
    digits = "".join(c for c in output if c.isdigit())
    assert len(digits) < 6 or digits[-6:] not in "".join(c for c in row["evidence"] if c.isdigit())


@pytest.mark.parametrize("output", IMPERSONAL)
def test_what_is_nobodys_is_not(output, sure):
    assert sure("pii", [(ASK, output)]) == [False]


def test_both_sides_are_read(sure):
    assert sure("pii", [("I am ada.lovelace@gmail.com", "Hello Ada")]) == [True]
    assert sure("secrets", [(f"My key is {SECRETS['github']}", "Revoke it")]) == [True]
