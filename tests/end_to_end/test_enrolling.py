"""A person becomes known: by an invitation code on LINE, by a confirmed e-mail on Slack."""

from __future__ import annotations

from bot.wiring.parts import Stores
from tests.end_to_end.phones import LinePhone, SlackPhone
from tests.end_to_end.scenes import incidents_of
from tests.end_to_end.stack import Stack


def invite(stack: Stack, person: str, code: str) -> None:
    async def put(stores: Stores) -> None:
        await stores.directory.invite(code, person, days=7)

    stack.read(put)


def test_a_new_person_on_line_sends_the_code_and_can_then_call_for_help(stack: Stack) -> None:
    hana = stack.cast.newcomer()
    phone = LinePhone(stack.play, hana.line)
    stack.play.post(f"line/{hana.line}/follow")
    phone.waits_for("招待コード")
    invite(stack, hana.id, "K7X2M9PQ")
    phone.types("k7x2m9pq")
    phone.waits_for(f"{hana.name}さんとして登録しました")
    phone.asks("help")
    phone.waits_for("いま、身の危険はありますか")


def test_a_code_opens_once_and_a_wrong_one_is_told_so(stack: Stack) -> None:
    first, second = stack.cast.newcomer(), stack.cast.newcomer()
    invite(stack, first.id, "AAAA2222")
    LinePhone(stack.play, first.line).types("AAAA2222")
    LinePhone(stack.play, first.line).waits_for("登録しました")
    LinePhone(stack.play, second.line).types("AAAA2222")
    LinePhone(stack.play, second.line).waits_for("このコードは使えません")


def test_someone_unknown_who_presses_help_is_told_where_help_is_now(stack: Stack) -> None:
    nobody = LinePhone(stack.play, stack.cast.newcomer().line)
    nobody.asks("help")
    assert nobody.waits_for("応援を呼べません").says("110")


def test_a_colleague_on_slack_is_known_by_their_confirmed_address(stack: Stack) -> None:
    hana = stack.cast.newcomer()
    phone = SlackPhone(stack.play, hana.slack)
    phone.types("迷う")
    phone.waits_for("いま、身の危険はありますか")
    assert [incident.caller.person for incident in incidents_of(stack, hana)] == [hana.id]
