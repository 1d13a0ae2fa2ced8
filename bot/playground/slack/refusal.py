"""Slack's no: HTTP 200 with ok false and a word for the reason."""

from typing import Any


class SlackRefusal(Exception):
    """The caller asked for something that Slack refuses."""

    def __init__(
        self, error: str, status: int = 200, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(error)
        self.status = status
        self.headers = headers or {}
        self.body = {"ok": False, "error": error, **more}


def invalid(error: str, sentences: list[str]) -> SlackRefusal:
    """With the sentences where the SDK's users find them."""
    messages = [f"[ERROR] {sentence}" for sentence in sentences]
    return SlackRefusal(error, errors=sentences, response_metadata={"messages": messages})
