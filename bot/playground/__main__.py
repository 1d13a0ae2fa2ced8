"""Starts the playground alone: python -m bot.playground --port 8200 --bot-url http://127.0.0.1:8123"""

import argparse
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.playground.app import create_app
from bot.playground.settings import PlayChannel, PlaygroundSettings, PlayPerson


def main() -> None:
    """--people names a YAML file with two lists, people and channels; their fields: see settings.py."""
    options = _parser().parse_args()
    playground = create_app(_settings(options))
    app = Starlette(routes=[Mount("/play", app=playground)], lifespan=playground.router.lifespan_context)
    # Pages keep an event stream open: without a limit the server would wait for them for ever at the end.
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", timeout_graceful_shutdown=1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.playground", description="A local LINE and Slack.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bot-url", required=True)
    parser.add_argument("--people", type=Path, help="YAML file with people and channels")
    parser.add_argument("--state-dir", type=Path)
    parser.add_argument("--clock-file", type=Path)
    parser.add_argument("--line-channel-secret", default="playground-line-secret")
    parser.add_argument("--line-access-token", default="playground-line-token")
    parser.add_argument("--slack-signing-secret", default="playground-slack-secret")
    parser.add_argument("--slack-bot-token", default="xoxb-playground")
    parser.add_argument("--slack-app-token", default="xapp-playground")
    parser.add_argument("--no-rate-limits", action="store_true", help="for load tests")
    return parser


def _settings(options: argparse.Namespace) -> PlaygroundSettings:
    cast: dict[str, Any] = {}
    if options.people is not None:
        cast = yaml.safe_load(options.people.read_text(encoding="utf-8"))
    return PlaygroundSettings(
        bot_url=options.bot_url,
        line_channel_secret=options.line_channel_secret,
        line_access_token=options.line_access_token,
        slack_signing_secret=options.slack_signing_secret,
        slack_bot_token=options.slack_bot_token,
        slack_app_token=options.slack_app_token,
        people=tuple(PlayPerson(**person) for person in cast.get("people", ())),
        slack_channels=tuple(PlayChannel(**channel) for channel in cast.get("channels", ())),
        state_dir=options.state_dir,
        clock_file=options.clock_file,
        own_url=f"http://127.0.0.1:{options.port}/play",
        line_rate_limits=not options.no_rate_limits,
        slack_rate_limits=not options.no_rate_limits,
    )


if __name__ == "__main__":
    main()
