"""The demo's local LINE and Slack, mounted beside the doors; they speak with the bot only by HTTP."""

from pathlib import Path

from starlette.routing import Mount

from bot.app.people_reader import read_people
from bot.config import Settings
from bot.core.plan import Person
from bot.playground.app import create_app
from bot.playground.settings import PlayChannel, PlaygroundSettings, PlayPerson
from bot.wiring.web import Beside

ROOM = PlayChannel("C0OUEN", "応援")


def playground(settings: Settings, people: Path, port: int) -> Beside:
    """/play, with a phone for each person of the CSV file."""
    address = f"http://127.0.0.1:{port}"
    cast = tuple(_player(p) for p in read_people(people.read_text("utf-8"), people.name))
    app = create_app(
        PlaygroundSettings(
            bot_url=address,
            line_channel_secret=settings.line_channel_secret.get_secret_value(),
            line_access_token=settings.line_channel_access_token.get_secret_value(),
            slack_signing_secret=settings.slack_signing_secret.get_secret_value(),
            slack_bot_token=settings.slack_bot_token.get_secret_value(),
            slack_app_token=settings.slack_app_token.get_secret_value(),
            people=cast,
            slack_channels=(ROOM,),
            state_dir=settings.data_dir / "playground",
            clock_file=settings.clock_file,
            own_url=f"{address}/play",
        )
    )
    return Beside([Mount("/play", app=app)], app.state.platform.close)


def _player(person: Person) -> PlayPerson:
    return PlayPerson(
        person.id,
        person.name,
        person.role,
        person.place,
        person.line_user_id or None,
        person.slack_user_id or None,
        person.email or None,
    )
