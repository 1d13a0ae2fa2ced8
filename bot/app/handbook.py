"""Answers questions in the conversation: the article that fits and what stands behind it, confirmed here or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.app.asking import Asker, Found
from bot.app.ports import Confirmations
from bot.core.answers import (
    Article,
    Labels,
    answer_card,
    detail_card,
    is_confirmed,
    nothing_card,
    text_in,
    which_card,
)
from bot.core.buttons import ArticleTap, GuideTap, encode
from bot.core.messages import Button, Card
from bot.core.understood_cards import article_button

WELL = 0.25
"""From this likeness on an answer may stand beside a question of the flow; below it, it would be in the way."""

NEAR = 2
"""So many further titles stand below an answer."""

AFTER_CARE = ("cant_sleep", "right_after")
FAIR_COMPLAINTS = ("our_mistake", "fair_complaint")


@dataclass(frozen=True)
class Handbook:
    """The articles as one organisation reads them."""

    asker: Asker
    labels: Labels
    confirmations: Confirmations

    async def answer(self, question: str, acts: Sequence[str], language: str) -> Card:
        """The best article; else those of the acts that were understood; else that there is none, and people."""
        found = self.asker.ask(question, 1 + NEAR)
        if not found:
            return await self.of_acts(acts, language)
        return await self._answer(found[0].article, [f.article for f in found[1:]], language)

    async def beside(self, question: str, language: str) -> tuple[Card, ...]:
        """The answer where one fits well; nothing otherwise."""
        found = self.asker.ask(question, 1)
        if not found or found[0].score < WELL:
            return ()
        return (await self._answer(found[0].article, [], language),)

    async def leaf(self, tap: ArticleTap | GuideTap, language: str) -> Card:
        """What a button asks for; one of an article that is gone says so."""
        if isinstance(tap, GuideTap):
            return await self.of_acts(tap.acts, language)
        article = self._named(tap.article)
        if article is None:
            return nothing_card(language, self.labels)
        if tap.what == "more":
            return detail_card(article, language, self.labels, await self._is_confirmed(article))
        return await self._answer(article, [], language)

    async def of_acts(self, acts: Sequence[str], language: str) -> Card:
        """For one act its article, with others that serve it below; for several, which of them."""
        each = [serving for act in dict.fromkeys(acts) if (serving := self._serving(act))]
        if not each:
            return nothing_card(language, self.labels)
        if len(each) == 1:
            return await self._answer(each[0][0], each[0][1 : 1 + NEAR], language)
        return which_card([(serving[0], _data(serving[0])) for serving in each], language, self.labels)

    def titles(self, articles: Sequence[str], language: str) -> tuple[Button, ...]:
        known = (article for name in articles if (article := self._named(name)))
        return tuple(article_button(text_in(a.title, language), a.id) for a in known)

    def near(self, question: str) -> tuple[str, ...]:
        """The article that fits these words well, if one does."""
        found: tuple[Found, ...] = self.asker.ask(question, 1)
        return tuple(f.article.id for f in found if f.score >= WELL)

    async def _answer(self, article: Article, others: Sequence[Article], language: str) -> Card:
        more = encode(ArticleTap(article.id, "more"))
        near = tuple((other, _data(other)) for other in others)
        confirmed = await self._is_confirmed(article)
        return answer_card(article, language, self.labels, confirmed, more, near)

    async def _is_confirmed(self, article: Article) -> bool:
        """Looked up only where there is something to confirm."""
        if not article.to_confirm:
            return True
        return is_confirmed(article, (await self.confirmations.all()).get(article.id))

    def _named(self, name: str) -> Article | None:
        return next((article for article in self.asker.articles if article.id == name), None)

    def _serving(self, act: str) -> list[Article]:
        """The articles of an act: the one that is named after it first."""
        serving = [article for article in self.asker.articles if act in article.acts]
        return sorted(serving, key=lambda article: article.id != f"act_{act}")


def _data(article: Article) -> str:
    return encode(ArticleTap(article.id, "answer"))
