// One person's phone as Slack shows it: direct messages with the app, its home, and the channels.
import { slack as post } from "./api.js";
import { drawBlocks } from "./blockkit.js";
import { drawCount } from "./badge.js";
import { ChatLog } from "./chat_log.js";
import { el, keepList, popup, takeOnce } from "./dom.js";
import { unescapeSlack } from "./mrkdwn.js";
import { Notice } from "./notice.js";
import { makeSendRow } from "./send_row.js";
import { drawSlackMessage } from "./slack_message.js";
import { drawModal, readModal } from "./slack_modal.js";
import { entriesOf, namesIn, roomsOf } from "./slack_rooms.js";
import { hourMinute } from "./times.js";
import { t } from "./words.js";

export class SlackScreen {
  #phone; #user; #notice = new Notice(); #row; #names;
  #open = "im";
  #logs = new Map();
  #unread = new Map();
  #head = el("div", { class: "slack-top" });
  #home = el("div", { class: "slack-home", tabindex: "0", data: { testid: "home" } });
  #stage = el("div", { class: "slack-stage" });
  #modal = el("div", { class: "modal-holder" });

  /** `phone` gives {world, say(answer), tell(…words), offerLink(link), onFresh(n)}; `person` has a slack_user_id. */
  constructor(phone, person) {
    this.#phone = phone;
    this.#user = person.slack_user_id;
    this.#names = namesIn(phone.world);
    this.#row = makeSendRow(t("writeSlack"), (text) => this.#say(text));
    this.#row.beside.append(popup(t("shortcuts"), "＋", "slack-shortcuts",
      [{ name: t("openMamori"), id: "shortcut-mamori_open", run: () => this.#send("shortcut", { callback_id: "mamori_open" }) }]));
    this.node = el("div", { class: "screen slack-screen" }, this.#notice.node, this.#head, this.#stage, this.#row.form, this.#modal);
  }

  /** Channels are everybody's; a direct conversation only of the person it is with. */
  shows(kind, key) {
    const talk = this.#phone.world.slack.conversations[key];
    return kind === "slack" && (talk?.kind !== "im" || talk.user === this.#user);
  }

  render() {
    const rooms = roomsOf(this.#phone.world, this.#user);
    const talks = rooms.filter((room) => room.key !== "home");
    talks.forEach((room) => this.#makeLog(room));
    this.#bringForward(this.#open === "home" ? this.#home : this.#logs.get(this.#open).node);
    talks.forEach((room) => this.#renderTalk(room));
    this.#renderHome();
    this.#renderModal();
    this.#renderTabs(rooms);
    this.#row.form.hidden = this.#open === "home";
  }

  async #send(what, body) {
    this.#phone.say(await post(this.#user, what, body));
  }

  #makeLog({ key, name }) {
    if (!this.#logs.has(key)) this.#logs.set(key, new ChatLog(t("chat", { name })));
  }

  #bringForward(shown) {
    if (this.#stage.firstChild !== shown) this.#stage.replaceChildren(shown);
  }

  #renderTalk({ key, channel }) {
    const entries = entriesOf(this.#phone.world, channel, this.#user, (message, replies) => drawSlackMessage(message, replies, this.#messageRoom));
    const fresh = this.#logs.get(key).show(entries, entries.length ? [] : [emptyTalk(key)]).filter((entry) => entry.theirs);
    if (!fresh.length) return;
    if (key !== this.#open) this.#unread.set(key, (this.#unread.get(key) ?? 0) + fresh.length);
    this.#phone.onFresh(fresh.length);
    if (key === "im") this.#notice.show(unescapeSlack(fresh.at(-1).source.text), hourMinute(fresh.at(-1).at));
  }

  #messageRoom = {
    names: { user: (id) => this.#names.user(id), channel: (id) => this.#names.channel(id) },
    isApp: (id) => !this.#phone.world.people.some((one) => one.slack_user_id === id),
    tap: (message, blockId, element, button, chosen) => this.#tap({ channel: message.channel, ts: message.ts }, blockId, element, button, chosen),
    openFrom: ({ channel, ts }) => this.#send("shortcut", { callback_id: "mamori_from_message", channel, ts }),
    reply: (message, text) => this.#send("message", { channel: message.channel, text, thread_ts: message.ts }),
  };

  /** `where`: {channel, ts} of a message, {home: true} or {view_id}. */
  #tap(where, blockId, element, button, chosen) {
    return takeOnce(button, async () => {
      const value = chosen ? { value: chosen.value } : {};
      this.#phone.say(await post(this.#user, "tap", { ...where, block_id: blockId, action_id: element.action_id, ...value }));
      if (element.url) this.#phone.offerLink(element.url);
    });
  }

  #renderHome() {
    const view = this.#phone.world.slack.homes[this.#user];
    const tap = (...press) => this.#tap({ home: true }, ...press);
    const draw = () => (view ? drawBlocks(view.blocks, { names: this.#names, tap }) : el("p", { class: "chat-empty" }, t("homeEmpty")));
    keepList(this.#home, [{ key: "home", print: JSON.stringify(view ?? null), draw }]);
  }

  /** Only the top one of the open windows is seen; a new one takes the focus. */
  #renderModal() {
    const view = this.#phone.world.slack.modals[this.#user]?.at(-1);
    const before = this.#modal.firstChild;
    const items = view ? [{ key: view.id, print: JSON.stringify(view), draw: () => drawModal(view, this.#modalRoom(view)) }] : [];
    keepList(this.#modal, items);
    if (this.#modal.firstChild !== before) this.#modal.querySelector("input, textarea, select, button")?.focus();
  }

  #modalRoom(view) {
    return {
      names: this.#names,
      tap: (...press) => this.#tap({ view_id: view.id }, ...press),
      close: () => this.#send("close", { view_id: view.id }),
      submit: (button, panel) => takeOnce(button, () => this.#submit(view, panel)),
    };
  }

  async #submit(view, panel) {
    const answer = await post(this.#user, "submit", { view_id: view.id, values: readModal(panel) });
    const wrong = Object.values(answer.opened?.errors ?? {});
    if (wrong.length) this.#phone.tell(wrong.join(" "));
    else this.#phone.say(answer);
  }

  #renderTabs(rooms) {
    const print = JSON.stringify([this.#open, rooms, [...this.#unread]]);
    keepList(this.#head, [{ key: "tabs", print, draw: () => this.#drawTabs(rooms) }]);
  }

  #drawTabs(rooms) {
    return el("div", { class: "slack-tabs", role: "group", "aria-label": t("talks") }, rooms.map(({ key, name }) => el("button", {
      type: "button", "aria-pressed": String(key === this.#open), data: { testid: `slack-tab-${key}` }, on: { click: () => this.#openRoom(key) },
    }, name, drawCount(this.#unread.get(key)))));
  }

  #openRoom(key) {
    this.#open = key;
    this.#unread.delete(key);
    this.render();
    if (key === "home") this.#send("home");
  }

  /** A slash at the start makes a command of it; the local Slack knows one. */
  #say(text) {
    const channel = this.#open === "im" ? {} : { channel: this.#open };
    const [command, ...words] = text.split(/\s+/);
    if (command === "/mamori") return this.#send("command", { command, text: words.join(" "), ...channel });
    if (text.startsWith("/")) return this.#phone.tell(t("unknownCommand"));
    return this.#send("message", { text, ...channel });
  }
}

function emptyTalk(key) {
  const words = t(key === "im" ? "chatEmptySlack" : "chatEmptyWait");
  return { key: "empty", print: words, draw: () => el("p", { class: "chat-empty" }, words) };
}
