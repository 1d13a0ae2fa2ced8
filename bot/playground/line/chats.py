"""What LINE knows of people and groups: who is a friend, what was said, who sees the bot typing."""

from collections import defaultdict, deque
from collections.abc import Sequence

from bot.playground.settings import PlayPerson
from bot.playground.world.changes import Changes
from bot.playground.world.clock import Clock, rfc3339
from bot.playground.world.json_data import JsonObject
from bot.playground.world.shelf import Shelf

KEPT_PER_CHAT = 500


class LineChats:
    """A chat's id is the user's or the group's. Messages never change once said."""

    def __init__(self, shelf: Shelf, clock: Clock, changes: Changes, people: Sequence[PlayPerson]) -> None:
        self._shelf = shelf
        self._clock = clock
        self._changes = changes
        self._people = {person.line_user_id: person for person in people if person.line_user_id}
        self._said: defaultdict[str, deque[JsonObject]] = defaultdict(deque)
        self._typing_until: dict[str, float] = {}
        self._last_id = 0
        for key, row in shelf.items("line_message"):
            self._keep(key, row)

    @property
    def users(self) -> list[str]:
        return list(self._people)

    def person(self, user: str) -> PlayPerson | None:
        return self._people.get(user)

    def knows(self, chat: str) -> bool:
        return chat in self._people or self._shelf.has("line_group", chat)

    def is_group(self, chat: str) -> bool:
        return self._shelf.has("line_group", chat)

    def add_group(self, group: str) -> None:
        self._shelf.put("line_group", group, True)

    def is_friend(self, user: str) -> bool:
        """Everybody in the settings has added the account, until they block it."""
        return user in self._people and self._shelf.get("line_friend", user) is not False

    def set_friend(self, user: str, friend: bool) -> None:
        self._shelf.put("line_friend", user, friend)
        self._changes.tell("line", user)

    def reaches(self, chat: str) -> bool:
        return self.is_group(chat) or self.is_friend(chat)

    def add(
        self,
        chat: str,
        sender: str,
        message: JsonObject,
        display: str | None = None,
        via: str | None = None,
        message_id: str = "",
    ) -> str:
        """The new message's id. A message of the bot ends the typing sign."""
        key = message_id or self.new_id()
        row = {
            "chat": chat,
            "id": key,
            "from": sender,
            "at": rfc3339(self._clock.now()),
            "message": message,
            "display": display,
            "via": via,
        }
        self._shelf.put("line_message", key, row)
        self._keep(key, row)
        if sender == "bot":
            self._typing_until.pop(chat, None)
        self._changes.tell("line", chat)
        return key

    def new_id(self) -> str:
        """18 digits, ever growing: the shape of LINE's own message ids."""
        self._last_id = max(self._last_id + 1, int(self._clock.now() * 1000) * 100_000)
        return str(self._last_id)

    def messages(self, chat: str) -> list[JsonObject]:
        return list(self._said[chat]) if chat in self._said else []

    def find(self, message_id: str) -> JsonObject | None:
        row: JsonObject | None = self._shelf.get("line_message", message_id)
        return row

    def show_typing(self, chat: str, seconds: int) -> None:
        self._typing_until[chat] = self._clock.now() + seconds
        self._changes.tell("line", chat)

    def is_typing(self, chat: str) -> bool:
        return self._clock.now() < self._typing_until.get(chat, 0.0)

    def _keep(self, key: str, row: JsonObject) -> None:
        said = self._said[row["chat"]]
        said.append(row)
        self._last_id = max(self._last_id, int(key))
        if len(said) > KEPT_PER_CHAT:
            self._shelf.forget("line_message", said.popleft()["id"])
