"""LINE's no: a status with the body that goes with it."""

from bot.playground.line.problems import Problems
from bot.playground.world.json_data import JsonObject


class LineRefusal(Exception):
    """The caller asked for something that LINE refuses."""

    def __init__(self, status: int, message: str = "", body: JsonObject | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: JsonObject = {"message": message} if body is None else body
        self.headers: dict[str, str] = {}


def refuse_if(problems: Problems) -> None:
    if problems.found:
        raise LineRefusal(400, body=problems.body())


def not_found() -> LineRefusal:
    return LineRefusal(404, "Not found")


RATE_LIMIT = "The API rate limit has been exceeded. Try again later."
MONTHLY_LIMIT = "You have reached your monthly limit."
INVALID_REPLY_TOKEN = "Invalid reply token"
RETRY_KEY_TAKEN = "The retry key is already accepted"
FAILED_TO_SEND = "Failed to send messages"
BAD_TOKEN = "Authentication failed. Confirm that the access token in the authorization header is valid."
