"""What commands read with the stores: the organisation's people, policy, zone and flows as of now."""

from bot.app.committing import Question
from bot.app.shelf import Shelf
from bot.config import CONTENT
from bot.core.words import Words
from bot.wiring.parts import Stores


def default_policy() -> str:
    """The policy of an organisation that has none of its own."""
    return (CONTENT / "flows" / "policy.yaml").read_text("utf-8")


def content_words() -> Words:
    """The phrase book of the cards."""
    from bot.app.wording import load_words

    return load_words(CONTENT)


async def shelf_of(stores: Stores) -> Shelf:
    """Freshly read. The cards' phrase book isn't needed here."""
    shelf = Shelf(stores.library, stores.directory, stores.rotas, Words({"ja": {}}), default_policy())
    await shelf.refresh((await stores.turns.load(Question())).versions)
    return shelf
