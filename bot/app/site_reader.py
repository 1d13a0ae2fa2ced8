"""Where a site is, as a clerk writes it for the card that 110 or 119 is read from."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.core.plan import Premises

NO_NUMBER = "「{phone}」は電話番号に見えません。数字とハイフンで書いてください(例: 011-000-0000)"
NOT_ONE_LINE = "「{text}」に改行があります。声に出して読むので、一行で書いてください"
FEWEST_DIGITS = 3


def _one_line(text: str) -> str:
    if "\n" in text.strip():
        raise ValueError(NOT_ONE_LINE.format(text=" ".join(text.split())[:20]))
    return text.strip()


def _number(phone: str) -> str:
    """An extension may stand behind it; only digits make it a number."""
    if phone and sum(letter.isdigit() for letter in phone) < FEWEST_DIGITS:
        raise ValueError(NO_NUMBER.format(phone=phone))
    return _one_line(phone)


Spoken = Annotated[str, Field(max_length=60), AfterValidator(_one_line)]
Short = Annotated[str, Field(max_length=20), AfterValidator(_one_line)]
Phone = Annotated[str, Field(max_length=24), AfterValidator(_number)]
Counter = Annotated[str, Field(min_length=1, max_length=30)]
Floor = Annotated[str, Field(min_length=1, max_length=10), AfterValidator(_one_line)]


class WrittenSite(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Spoken
    landmark: Short = ""
    phone: Phone = ""
    entrance: Short = ""
    floors: Annotated[dict[Counter, Floor], Field(max_length=60)] = {}

    def premises(self) -> Premises:
        return Premises(self.address, self.landmark, self.phone, self.entrance, self.floors)
