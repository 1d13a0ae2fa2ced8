"""`mamori ask`: answers a question from the knowledge articles, or says that none fits."""

from typing import TYPE_CHECKING, TextIO

import click

from bot.cli.speaking import json_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from bot.app.asking import Found
    from bot.app.asking_compared import Comparison
    from bot.core.answers import Article, Labels

LANGUAGES = ("ja", "ja_easy", "en")


@click.command()
@click.argument("question", nargs=-1)
@click.option("--full", is_flag=True, help="print every section, too")
@click.option(
    "--compare", "file", type=click.File(encoding="utf-8"), help="measure the search on questions in YAML"
)
@json_option
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="ja", show_default=True, help="of the answer"
)
def ask(question: tuple[str, ...], full: bool, file: TextIO | None, as_json: bool, language: str) -> None:
    """Answer QUESTION: what to do first, what to say, where it comes from, what waits to be confirmed.

    \b
    mamori ask 録音していい?
    mamori ask --full --language en "told to kneel"
    mamori ask --compare questions.yaml
    """
    if file is not None:
        _compare(file, as_json, language)
        return
    if not question:
        raise click.UsageError("Missing argument 'QUESTION...'")
    from bot.app.article_reader import load_labels
    from bot.app.asking import load_asker
    from bot.config import CONTENT

    found = load_asker(CONTENT).ask(" ".join(question))
    confirmed = bool(found) and _is_confirmed(found[0].article)
    if as_json:
        print_json(_as_json(found, language, confirmed))
    else:
        print_lines(_lines(found, language, load_labels(CONTENT), confirmed, full))


def _lines(
    found: "tuple[Found, ...]", language: str, labels: "Labels", confirmed: bool, full: bool
) -> list[str]:
    from bot.core.answers import answer_card, detail_card, nothing_card, text_in

    if not found:
        return list(nothing_card(language, labels).body)
    article, others = found[0].article, found[1:]
    card = answer_card(article, language, labels, confirmed)
    details = detail_card(article, language, labels, confirmed).facts if full else ()
    near = " / ".join(text_in(other.article.title, language) for other in others)
    return [
        card.title,
        *(f"  {line}" for line in card.body),
        *([f"  「{card.aloud}」"] if card.aloud else []),
        *(f"  {label}: {text}" for label, text in details),
        card.note,
        *([f"{text_in(labels['near'], language)}: {near}"] if near else []),
    ]


def _as_json(found: "tuple[Found, ...]", language: str, confirmed: bool) -> dict[str, object]:
    near = [{"article": f.article.id, "score": f.score} for f in found[1:]]
    if not found:
        return {"found": False, "near": near}
    return {
        "found": True,
        "score": found[0].score,
        **_article(found[0].article, language, confirmed),
        "near": near,
    }


def _article(article: "Article", language: str, confirmed: bool) -> dict[str, object]:
    from bot.core.answers import text_in

    return {
        "article": article.id,
        "title": text_in(article.title, language),
        "answer": text_in(article.answer.texts, language),
        "say": text_in(article.say, language),
        "sections": {
            name: {"text": text_in(passage.texts, language), "to_confirm": passage.confirm and not confirmed}
            for name, passage in article.sections.items()
        },
        "sources": [str(source) for source in article.sources],
        "reviewed": article.reviewed.isoformat(),
        "to_confirm": article.answer.confirm and not confirmed,
    }


def _is_confirmed(article: "Article") -> bool:
    """Asked of the database only where there is something to confirm and a database that may know; else no."""
    from bot.config import load_settings
    from bot.core.answers import is_confirmed
    from bot.stores.connection import StoreUnavailable

    settings = load_settings()
    if not article.to_confirm or not (settings.redis_url or settings.data_dir.exists()):
        return is_confirmed(article, None)
    from bot.cli.database import with_stores

    try:
        return is_confirmed(article, with_stores(lambda stores: stores.confirmations.all()).get(article.id))
    except StoreUnavailable:
        return False


def _compare(file: TextIO, as_json: bool, language: str) -> None:
    from bot.app.asking import load_asker
    from bot.app.asking_compared import compare, read_questions
    from bot.config import CONTENT

    result = compare(load_asker(CONTENT), read_questions(file.read(), file.name))
    if as_json:
        print_json(_figures(result))
        return
    say = speaker("en" if language == "en" else "ja")
    shares = {"first": result.first, "three": result.among_three, "silent": result.silent}
    print_lines(
        [
            say.say("ask_compared", answered=result.answered, unanswered=result.unanswered),
            *(say.say(f"share_{name}", percent=f"{share:.1%}") for name, share in shares.items()),
            say.say("ask_slowest", ms=f"{result.slowest:.1f}"),
            *(
                say.say(
                    "ask_missed",
                    text=miss.question.text,
                    wanted=",".join(miss.question.fits) or "-",
                    found=",".join(found.article.id for found in miss.found) or "-",
                )
                for miss in result.misses
            ),
        ]
    )


def _figures(result: "Comparison") -> dict[str, object]:
    return {
        "answered": result.answered,
        "first": round(result.first, 4),
        "among_three": round(result.among_three, 4),
        "unanswered": result.unanswered,
        "silent": round(result.silent, 4),
        "slowest_ms": round(result.slowest, 2),
        "misses": [
            {"text": m.question.text, "fits": list(m.question.fits), "found": [f.article.id for f in m.found]}
            for m in result.misses
        ],
    }
