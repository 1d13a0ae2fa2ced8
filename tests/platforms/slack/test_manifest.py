"""The manifest asks for what the code uses, and names the addresses that it serves."""

import re
from pathlib import Path

import pytest

import bot.platforms.slack as package
from bot.platforms.slack import parse
from bot.platforms.slack.manifest import manifest

SCOPE_OF = {
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_history": {"im:history", "channels:history", "groups:history"},
    "conversations_replies": {"im:history", "channels:history", "groups:history"},
    "users_info": {"users:read", "users:read.email"},
    "views_publish": set(),
    "auth_test": set(),
}
FOR_COMMANDS_AND_SHORTCUTS = {"commands"}


def test_no_scope_is_missing_and_none_too_many() -> None:
    code = (Path(package.__path__[0]) / "client.py").read_text(encoding="utf-8")
    called = set(re.findall(r"self\._client\.(\w+)\(", code))
    needed = set.union(*(SCOPE_OF[method] for method in called)) | FOR_COMMANDS_AND_SHORTCUTS
    assert set(manifest("https://a.example")["oauth_config"]["scopes"]["bot"]) == needed


def test_what_the_manifest_offers_is_what_is_read() -> None:
    features = manifest("https://a.example")["features"]
    assert [command["command"] for command in features["slash_commands"]] == [parse.COMMAND]
    offered = {shortcut["type"]: shortcut["callback_id"] for shortcut in features["shortcuts"]}
    assert offered == {"global": parse.OPEN_SHORTCUT, "message": parse.MESSAGE_SHORTCUT}
    events = manifest("https://a.example")["settings"]["event_subscriptions"]["bot_events"]
    assert events == ["app_home_opened", "message.im"]


def test_every_address_is_the_one_entrance() -> None:
    made = manifest("https://mamori.example/")
    entrance = "https://mamori.example/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == entrance
    assert made["settings"]["interactivity"]["request_url"] == entrance
    assert [command["url"] for command in made["features"]["slash_commands"]] == [entrance]
    assert made["settings"]["socket_mode_enabled"] is False


def test_in_socket_mode_there_is_no_address() -> None:
    made = manifest(socket_mode=True)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "http" not in str(made)


@pytest.mark.parametrize("url", ["", "mamori.example"])
def test_without_a_public_address_the_setting_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="MAMORI_PUBLIC_URL"):
        manifest(url)


def test_slacks_lengths_are_kept() -> None:
    """https://docs.slack.dev/reference/app-manifest/"""
    made = manifest("https://a.example")
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert all(len(shortcut["name"]) <= 24 for shortcut in made["features"]["shortcuts"])
    assert all(len(shortcut["description"]) <= 150 for shortcut in made["features"]["shortcuts"])
