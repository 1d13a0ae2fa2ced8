"""`mamori knowledge`: proves the articles, lists them, keeps an admin's confirmations."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.speaking import Problem, fail, json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.app.knowledge_proving import Gap
    from bot.app.speaking import Speaker
    from bot.core.answers import Article, Confirmation


@click.group("knowledge")
def group() -> None:
    """What staff may ask, and what is answered.

    \b
    mamori knowledge check
    mamori knowledge list
    mamori knowledge confirm dogeza --by 法務係長
    """


@group.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_option
@language_option
def check(paths: tuple[Path, ...], as_json: bool, language: str) -> None:
    """Prove articles. PATH: files or folders (default: the articles that come with Mamori, all together).

    Each finding is one line 「file:line: article: what and how to mend it」. Exit code 1 when there is an error.

    \b
    mamori knowledge check
    mamori knowledge check my/articles --json
    """
    from datetime import datetime

    from bot.app.article_reader import article_files
    from bot.app.asking import load_elsewhere, load_vocabulary
    from bot.app.knowledge_proving import prove_articles
    from bot.config import CONTENT, load_settings
    from bot.wiring.parts import clock_of

    files = [f for path in paths for f in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]
    now: datetime = clock_of(load_settings()).now()
    checked = prove_articles(
        files if paths else article_files(CONTENT),
        now.date(),
        load_vocabulary(CONTENT),
        load_elsewhere(CONTENT),
        whole=not paths,
    )
    say = speaker(language)
    if as_json:
        found = [_gap_as_json(gap, say) for gap in checked.gaps]
        ids = [article.id for article in checked.articles]
        print_json({"ok": checked.holds, "articles": ids, "findings": found})
    else:
        print_lines([_gap_line(gap, say) for gap in checked.gaps])
        click.echo(say.say("knowledge_checked", articles=len(checked.articles), findings=len(checked.gaps)))
    if not checked.holds:
        fail()


@group.command("list")
@json_option
@language_option
def list_articles(as_json: bool, language: str) -> None:
    """List the articles: what each serves, when it was reviewed, and whether an admin has confirmed it.

    \b
    mamori knowledge list
    """
    from bot.app.article_reader import load_articles
    from bot.cli.database import with_stores
    from bot.config import CONTENT
    from bot.core.answers import text_in
    from bot.reports.table import table

    articles = load_articles(CONTENT)
    kept = with_stores(lambda stores: stores.confirmations.all())
    if as_json:
        print_json([_listed(article, kept, language) for article in articles])
        return
    say = speaker(language)
    heads = [say.say(f"heading_{name}") for name in ("article", "title", "serves", "reviewed", "confirmed")]
    rows = [
        (
            article.id,
            text_in(article.title, language),
            " ".join((*article.acts, *article.types)),
            article.reviewed.isoformat(),
            say.say(f"confirmed_{_state(article, kept)}"),
        )
        for article in articles
    ]
    print_lines(table(heads, rows))


@group.command()
@click.argument("article")
@click.option("--by", required=True, help="who confirms it")
@click.option("--note", default="", help="what was looked at")
@click.option("--withdraw", is_flag=True, help="take the confirmation back")
@json_option
@language_option
def confirm(article: str, by: str, note: str, withdraw: bool, as_json: bool, language: str) -> None:
    """Keep that ARTICLE, as it reads now, holds for this organisation. A changed text has to be confirmed anew.

    \b
    mamori knowledge confirm dogeza --by 法務係長 --note 顧問弁護士に確認
    mamori knowledge confirm dogeza --by 法務係長 --withdraw
    """
    from bot.cli.database import with_stores
    from bot.config import load_settings
    from bot.core.answers import Confirmation, fingerprint
    from bot.wiring.parts import clock_of

    say = speaker(language)
    wanted = _article(article, say)
    if not wanted.to_confirm:
        raise Problem(say.say("knowledge_needless", article=article))
    if withdraw:
        done = with_stores(lambda stores: stores.confirmations.withdraw(article))
        _told(
            as_json, {"article": article, "withdrawn": done}, say.say("knowledge_withdrawn", article=article)
        )
        return
    at = clock_of(load_settings()).now().isoformat()
    confirmation = Confirmation(article, by, at, fingerprint(wanted), note)
    with_stores(lambda stores: stores.confirmations.confirm(confirmation))
    about = {"article": article, "by": by, "at": at, "note": note}
    _told(as_json, about, say.say("knowledge_confirmed", article=article, by=by))


def _article(name: str, say: "Speaker") -> "Article":
    from bot.app.article_reader import load_articles
    from bot.config import CONTENT

    for article in load_articles(CONTENT):
        if article.id == name:
            return article
    raise Problem(say.say("knowledge_unknown", article=name))


def _told(as_json: bool, document: "Mapping[str, object]", sentence: str) -> None:
    if as_json:
        print_json(document)
    else:
        click.echo(sentence)


def _state(article: "Article", kept: "Mapping[str, Confirmation]") -> str:
    from bot.core.answers import is_confirmed

    if not article.to_confirm:
        return "needless"
    if is_confirmed(article, kept.get(article.id)):
        return "yes"
    return "changed" if article.id in kept else "open"


def _listed(article: "Article", kept: "Mapping[str, Confirmation]", language: str) -> dict[str, object]:
    from bot.core.answers import text_in

    mine = kept.get(article.id)
    return {
        "article": article.id,
        "title": text_in(article.title, language),
        "acts": list(article.acts),
        "types": list(article.types),
        "reviewed": article.reviewed.isoformat(),
        "confirmed": _state(article, kept),
        "by": mine.by if mine else "",
        "at": mine.at if mine else "",
        "note": mine.note if mine else "",
    }


def _words(gap: "Gap", say: "Speaker") -> str:
    return say.say(f"article_{gap.code}", **gap.args)


def _gap_line(gap: "Gap", say: "Speaker") -> str:
    return ": ".join(filter(None, (f"{gap.file}:{gap.line}", gap.article, _words(gap, say))))


def _gap_as_json(gap: "Gap", say: "Speaker") -> dict[str, object]:
    return {
        "file": gap.file,
        "line": gap.line,
        "article": gap.article,
        "level": gap.level,
        "code": gap.code,
        "words": _words(gap, say),
    }
