"""Keys and tokens, and strings that look like them."""

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
WRONG = [f"Use this one: {secret} please" for secret in SECRETS.values()]
RIGHT = [
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
WRONG += [
    f"Use this one: {secret} please"
    for secret in (
        key("github" + "_pat_", 22) + "_" + LONG[:59],
        key("AI" + "za", 35),
        "sk" + f"-ant-api03-{LONG[:93]}",
        "sk" + f"-proj-{LONG[:60]}",
        "hf" + "_" + "aZkQxWmNvBcRtYuJpLsDfGhKjTqEwXzVbM"[:34],
        key("shp" + "at_", 32, "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
        "aws_secret_key = '" + LONG[:40] + "'",
        "mongodb+srv://ada:" + "h8Kq2LmZ" + "@cluster0.mongodb.net/shop",
    )
]
WRONG += [f"the password of the shop is {LONG[:14]}"]
RIGHT += [
    "pip install scikit-learn sk-image sk-dist",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 ada@laptop",
    '"integrity": "sha512-' + LONG[:86] + '=="',
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."  # the token every introduction to JWT shows (jwt.io)
    "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "image@sha256:9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0",
    "SKILLS AND ACCOUNTS: AC and SK",
    "https://example.org/download?id=9f8e7d6c5b4a39281706f5e4d3c2b1a0-eu14",
    "OPENAI_API_KEY=sk-proj-your-key-goes-here-and-nowhere-else-please-mind",
]
