"""`curation serve`: settings from a flag, the environment and a file, and what is refused before anything is served."""

from pathlib import Path

import pytest

from curation.cli.main import main
from curation.errors import UsageError
from curation.ui.serving import Serving, read_serving, variables

SECRET = "x" * 32
OIDC = {
    "oidc_metadata_url": "https://id.example.org/.well-known/openid-configuration",
    "oidc_client_id": "curation", "oidc_client_secret": "known", "cookie_secret": SECRET,
}  # fmt: skip


def test_a_flag_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    lines = (f'{name} = "{value}"\n' for name, value in OIDC.items())
    path.write_text(
        'port = 1\nhost = "0.0.0.0"\naddress = "https://c.example.org"\nadmins = ["a", "b"]\n' + "".join(lines)
    )
    serving = read_serving(path, {"port": 3, "host": None}, {"CURATION_PORT": "2", "CURATION_HOST": "10.0.0.1"})
    assert (serving.port, serving.host, serving.admins, serving.sign_in) == (3, "10.0.0.1", "a b", "oidc")
    assert serving.public == "https://c.example.org"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"host": "0.0.0.0"}, "nobody signs in. Let people sign in: with oidc_metadata_url"),
        ({"address": "https://c.example.org"}, "nobody signs in"),
        ({**OIDC, "cookie_secret": ""}, "cookie_secret is missing"),
        ({**OIDC, "cookie_secret": "short"}, "shorter than 32"),
        ({**OIDC, "proxy_secret": SECRET}, "leave one out"),
        ({**OIDC, "session_hours": "13"}, "12 at most"),
        ({**OIDC, "address": "http://c.example.org"}, "sign-in needs https"),
        ({**OIDC, "address": "c.example.org"}, "write it as https://"),
        ({"proxy_secret": "short"}, "shorter than 32"),
        ({"port": "many"}, "should be a number"),
    ],
)
def test_what_would_not_be_safe_is_refused_with_what_to_do(given: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read_serving(None, given, {})


def test_the_command_refuses_an_open_host(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    assert "docs/deploy.md" in capsys.readouterr().err


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text('oidc_client = "a"\n')
    with pytest.raises(UsageError, match="did you mean 'oidc_client_id'"):
        read_serving(tmp_path / "server.toml", {}, {})


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert [name for name, help in variables().items() if f"`{name}` | {help}" not in page] == []
    assert Serving().sign_in == ""
