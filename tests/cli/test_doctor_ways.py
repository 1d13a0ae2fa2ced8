"""`mamori doctor` and the ways beside the chats: Twilio's account and number, and a siren that must stay silent."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.cli.conftest import Program

SID, TOKEN, NUMBER = "AC" + "0" * 32, "very-secret-token", "+815011112222"
PUBLIC = "https://mamori.example.jp"
POLICY = """policy: 1
standard:
  tiers:
    - {roles: [supervisor], channels: [slack, phone, siren]}
danger:
  tiers:
    - {roles: [supervisor]}
"""
PEOPLE = """id,name,role,site,slack_user_id,phone
aiko,愛子,staff,本庁舎,U0AIKO,
sato,佐藤係長,supervisor,本庁舎,U0SATO,090-1111-2222
mori,森課長,supervisor,本庁舎,U0MORI,
"""


@dataclass
class Played:
    """Twilio's two pages and a siren on one port. `asked`: method and path of every request."""

    url: str = ""
    account: dict[str, Any] = field(default_factory=lambda: {"status": "active", "type": "Full"})
    numbers: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"capabilities": {"voice": True, "sms": True}, "sms_url": f"{PUBLIC}/phone/sms"}
        ]
    )
    siren: int = 405
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answers(self, method: str, path: str, authorization: str) -> tuple[int, Any]:
        self.asked.append((method, path.partition("?")[0]))
        if path == "/siren":
            return self.siren, None
        scheme, _, packed = authorization.partition(" ")
        if scheme != "Basic" or b64decode(packed).decode() != f"{SID}:{TOKEN}":
            return 401, {"code": 20003, "message": "Authenticate"}
        return 200, {"incoming_phone_numbers": self.numbers} if "Incoming" in path else self.account


@pytest.fixture
def played() -> Iterator[Played]:
    provider = Played()

    class Door(BaseHTTPRequestHandler):
        def answer(self) -> None:
            status, content = provider.answers(self.command, self.path, self.headers.get("Authorization", ""))
            body = json.dumps(content).encode() if content is not None else b""
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{provider.url}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_HEAD = do_POST = answer

        def log_message(self, *words: object) -> None:
            """Nothing: the test's output is the test's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def office(mamori: Program, played: Played) -> Program:
    mamori.well("people", "import", "-", stdin=PEOPLE)
    mamori.well("policy", "push", "-", stdin=POLICY)
    return mamori.with_settings(
        public_url=PUBLIC,
        twilio_account_sid=SID,
        twilio_auth_token=TOKEN,
        twilio_from=NUMBER,
        twilio_api_base=played.url,
        siren_url=f"{played.url}/siren",
        siren_secret="a secret of the desk",
    )


def told(program: Program, *checks: str) -> list[tuple[str, bool, str]]:
    ended = program("doctor", "--json")
    assert TOKEN not in ended.out + ended.err, "a credential is never printed"
    found = ended.document["checks"]
    return [(one["check"], one["ok"], one["words"]) for one in found if one["check"] in checks]


WAYS = ("phone", "phone_number", "siren")


def test_an_account_and_a_siren_that_are_well_are_told_so_and_nothing_rings(
    office: Program, played: Played
) -> None:
    assert [(name, ok) for name, ok, _ in told(office, *WAYS)] == [(name, True) for name in WAYS]
    assert {method for method, _ in played.asked} == {"GET", "HEAD"}
    assert [path for method, path in played.asked if method == "HEAD"] == ["/siren"]


@pytest.mark.parametrize(
    ("settings", "change", "words"),
    [
        ({"twilio_auth_token": "another"}, {}, "MAMORI_TWILIO_AUTH_TOKEN"),
        ({"twilio_account_sid": "AC/../x"}, {}, "MAMORI_TWILIO_ACCOUNT_SID"),
        ({"twilio_api_base": "http://127.0.0.1:1"}, {}, "http://127.0.0.1:1 に届きません"),
        ({}, {"account": {"status": "suspended"}}, "アカウントが止まっています(suspended)"),
        ({}, {"account": {"status": "active", "type": "Trial"}}, "お試しアカウント"),
        ({}, {"numbers": []}, f"{NUMBER} は、このアカウントの番号ではありません"),
        ({}, {"numbers": [{"capabilities": {"voice": False}}]}, "電話をかけられない番号です"),
        ({}, {"numbers": ["nonsense"]}, "このアカウントの番号ではありません"),
        (
            {},
            {"numbers": [{"capabilities": {"voice": True, "sms": True}, "sms_url": ""}]},
            f"{PUBLIC}/phone/sms にしてください",
        ),
        ({"siren_url": "http://127.0.0.1:1/x"}, {}, "127.0.0.1 に届きません"),
        ({}, {"siren": 308}, "転送には従わないので"),
    ],
)
def test_what_would_keep_a_call_from_ringing_is_a_finding_that_says_how_to_mend_it(
    office: Program, played: Played, settings: dict[str, str], change: dict[str, Any], words: str
) -> None:
    for name, value in change.items():
        setattr(played, name, value)
    wrong = [said for _, ok, said in told(office.with_settings(**settings), *WAYS) if not ok]
    assert any(words in said for said in wrong), wrong


def test_a_way_that_the_policy_names_and_nobody_has_set_up_is_a_finding(office: Program) -> None:
    bare = office.with_settings(twilio_account_sid="", siren_url="")
    wrong = [said for _, ok, said in told(bare, "policy") if not ok]
    assert len(wrong) == 2
    assert "MAMORI_TWILIO_ACCOUNT_SID" in wrong[0]
    assert "MAMORI_SIREN_URL" in wrong[1]


def test_supervisors_without_a_number_and_a_way_that_nobody_uses_are_told(office: Program) -> None:
    assert any(
        "管理職の 1 人に電話番号がありません: 森課長" in said for _, ok, said in told(office, "policy") if ok
    )
    office.well("policy", "push", "-", stdin=POLICY.replace(", channels: [slack, phone, siren]", ""))
    unused = [said for _, ok, said in told(office, "policy") if ok and "使われません" in said]
    assert len(unused) == 2
