"""The manifest from which Slack creates the app, with this installation's addresses."""

from pathlib import Path
from typing import Any

import yaml

ENTRANCE = "/slack/events"


def manifest(public_url: str = "", socket_mode: bool = False) -> dict[str, Any]:
    """For `mamori setup slack`. In Socket Mode Slack calls no address, and `public_url` isn't needed."""
    made: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    made["settings"]["socket_mode_enabled"] = socket_mode
    if socket_mode:
        return made
    if not public_url.startswith(("https://", "http://")):
        raise ValueError("MAMORI_PUBLIC_URL must be the address that Slack reaches, beginning with https://")
    url = public_url.rstrip("/") + ENTRANCE
    made["settings"]["event_subscriptions"]["request_url"] = url
    made["settings"]["interactivity"]["request_url"] = url
    for command in made["features"]["slash_commands"]:
        command["url"] = url
    return made
