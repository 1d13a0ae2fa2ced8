"""Everybody does anything, on both platforms, in any order, while platforms, policy, people and clock change beneath them."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.delivering import Later, Outcome, Refused
from bot.app.inbound import Inbound, Tapped
from bot.core.messages import buttons_of
from tests.transcripts.stage import PEOPLE, POLICY, Actor, Stage

pytestmark = pytest.mark.anyio

NAMES = ("aiko", "aiko", "kenji", "anna", "sato", "mori", "kei")
WORDS = (
    *(
        "応援",
        "危険",
        "訓練",
        "訓練 危険",
        "場所 奥",
        "場所",
        "もう大丈夫",
        "怒鳴られている",
        "いま行きます",
        " ",
        "\n\n",
    ),
    *("‮مرحبا", "😀" * 900, "a" * 4000, "赤いファイルをお願いします", "メニュー", "m1.danger", "0", "'; DROP"),
    *(
        "録音していい?",
        "調べる 土下座",
        "ずっと同じ話で怒鳴る",
        "つらい",
        "こちらのミスでした",
        "やっぱりいいです",
    ),
)
MENUS = ("m1.danger", "m1.help", "m1.unsure", "m1.record", "m1.b.help.drill", "m1.b.help.real")
TROUBLES: tuple[Outcome, ...] = (
    *(Later("503", 2.0), Later("429", 30.0), Later("reply_dead", 1.0, reply_dead=True)),
    *(Refused("blocked"), Refused("line_quota"), Refused("nonsense")),
)
FORCED = POLICY + "\nduress_cancel: true\nduress_phrases: [赤いファイルをお願いします]\nmerge: 60\n"
POLICIES = (POLICY, FORCED, FORCED.replace("wait: 60, again: 30", "wait: 5, again: 30"))


class Crowd:
    """Draws what happens next; the same seed draws the same."""

    def __init__(self, play: Stage, seed: int) -> None:
        self.play, self.dice, self.seen = play, random.Random(seed), list[Inbound]()

    def somebody(self) -> Actor:
        return self.play.person(self.dice.choice(NAMES), self.dice.choice(("line", "slack")))

    async def happens(self) -> None:
        deeds = (self.taps, self.taps, self.taps, self.forges, self.types, self.menu, self.odd, self.again)
        match self.dice.randrange(12):
            case 0 | 1 | 2:
                await self.play.passes(self.dice.choice((1, 10, 31, 65, 200)))
            case 3:
                self.breaks()
            case 4:
                await self.changes()
            case 5:
                await asyncio.gather(*(self.dice.choice(deeds)() for _ in range(4)))
            case _:
                await self.dice.choice(deeds)()

    async def taps(self) -> None:
        actor = self.somebody()
        found = [(b.data, m.ref) for m in actor.chat[-6:] for c in m.cards for b in buttons_of(c)]
        if found:
            data, message = self.dice.choice(found)
            await self.does(actor, data, message)

    async def forges(self) -> None:
        """A button that was drawn for somebody else."""
        other = self.somebody()
        found = [b.data for c in other.cards for b in buttons_of(c)]
        if found:
            await self.does(self.somebody(), self.dice.choice(found), "")

    async def does(self, actor: Actor, data: str, message: str) -> None:
        inbound = self.play.inbound(actor.address, Tapped(data), message)
        self.seen.append(inbound)
        await self.play.receive(inbound)

    async def again(self) -> None:
        if self.seen:
            await self.play.receive(self.dice.choice(self.seen))

    async def types(self) -> None:
        await self.somebody().types(self.dice.choice(WORDS))

    async def menu(self) -> None:
        await self.does(self.somebody(), self.dice.choice(MENUS), "")

    async def odd(self) -> None:
        actor = self.somebody()
        match self.dice.randrange(4):
            case 0:
                await actor.appears(home=True)
            case 1:
                await actor.appears()
            case _:
                await actor.sends(self.dice.choice(("sticker", "image", "location")))

    def breaks(self) -> None:
        for chat in self.play.chats.values():
            chat.broken.clear()
        for _ in range(self.dice.randrange(3)):
            actor = self.somebody()
            chat = self.play.chats[actor.address.platform]
            chat.broken[actor.address.id] = self.dice.choice(TROUBLES)

    async def changes(self) -> None:
        stores = self.play.mamori.stores
        match self.dice.randrange(3):
            case 0:
                await stores.library.put_policy(self.dice.choice(POLICIES))
            case 1:
                person = PEOPLE[self.dice.choice(("kenji", "mori", "kei"))]
                changed = replace(person, active=self.dice.random() < 0.6)
                if self.dice.random() < 0.5:
                    changed = replace(changed, role="staff")
                await stores.directory.put_people([changed])
            case 2:
                self.play.clock.time += timedelta(seconds=self.dice.choice((-40, -2, 2)))


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_every_open_call_has_its_timer_and_nothing_breaks(
    play: Stage, seed: int
) -> None:
    crowd = Crowd(play, seed)
    for number in range(50):
        await crowd.happens()
        assert await play.audit() == [], number
    for chat in play.chats.values():
        chat.broken.clear()
    play.clock.time += timedelta(hours=1)
    await play.passes(60)
    for incident in await play.incidents():
        alert = incident.alert
        if incident.is_open and alert and alert.state == "calling" and not alert.responders():
            assert any(p.at > play.clock.now() - timedelta(minutes=6) for p in alert.pages), (
                "nobody is called any more"
            )
