// One person's phone as LINE shows it: talk, reply buttons, input and rich menu.
import { line as post } from "./api.js";
import { ChatLog } from "./chat_log.js";
import { el, keepList, popup, takeOnce } from "./dom.js";
import { drawLineMessage, noticeText } from "./line_message.js";
import { Notice } from "./notice.js";
import { drawRichMenu } from "./rich_menu.js";
import { makeSendRow } from "./send_row.js";
import { hourMinute, readTime } from "./times.js";
import { currentLanguage, t } from "./words.js";

const nobody = { friend: true, loading: false, rich_menu: null, messages: [] };
const media = [["image", "sendImage", "photo.jpg"], ["audio", "sendAudio", "voice.m4a"], ["video", "sendVideo", "video.mp4"], ["file", "sendFile", "memo.pdf"]];

export class LineScreen {
  #phone; #person; #user; #log; #notice = new Notice(); #row;
  #onPc = false;
  #menuOpen = true;
  #top = el("div", { class: "line-top" });
  #stranger = el("div", { class: "stranger-holder" });
  #quick = el("div", { class: "quick-holder" });
  #menu = el("div", { class: "menu-holder" });

  /** `phone` gives {world, say(answer), tell(…words), offerLink(link), onFresh(n)}; `person` has a line_user_id. */
  constructor(phone, person) {
    this.#phone = phone;
    this.#person = person;
    this.#user = person.line_user_id;
    this.#log = new ChatLog(t("chat", { name: t("account") }));
    this.#row = makeSendRow(t("write"), (text) => this.#send("text", { text }));
    this.node = el("div", { class: "screen line-screen" },
      this.#notice.node, this.#top, this.#stranger, this.#log.node, this.#quick, this.#row.form, this.#menu);
  }

  shows(kind, key) {
    return kind === "line" && key === this.#user;
  }

  render() {
    const { friend, messages = [], loading } = this.#chat;
    this.#renderTop(friend);
    this.#renderQuick(messages.at(-1));
    this.#renderMenu();
    const tail = loading ? [this.#dots()] : messages.length ? [] : [this.#empty()];
    const fresh = this.#log.show(messages.map((entry) => this.#entry(entry)), tail);
    this.#announce(fresh.filter((entry) => entry.theirs));
  }

  get #chat() {
    return this.#phone.world.line[this.#user] ?? nobody;
  }

  async #send(what, body) {
    this.#phone.say(await post(this.#user, what, body));
  }

  #tap(messageId, action, button) {
    return takeOnce(button, async () => {
      const answer = await post(this.#user, "tap", { message_id: messageId, action });
      this.#phone.say(answer);
      if (answer.ok) this.#openOnPhone(action);
    });
  }

  /** What the telephone itself does at a press, beside telling the bot. */
  #openOnPhone(action) {
    if (action.inputOption === "openKeyboard") this.#row.write(action.fillInText ?? "");
    if (action.type === "uri") this.#phone.offerLink(action.uri);
    if (action.type === "clipboard") {
      navigator.clipboard?.writeText(action.clipboardText).catch(() => {});
      this.#phone.tell(t("copied", { text: action.clipboardText }));
    }
    if (["datetimepicker", "camera", "cameraRoll", "location"].includes(action.type)) {
      this.#phone.tell(t("notDrawn", { type: action.type }));
    }
  }

  #entry(entry) {
    return {
      key: entry.id, at: readTime(entry.at), print: JSON.stringify(entry), theirs: entry.from === "bot", source: entry,
      draw: () => drawLineMessage(entry, (action, button) => this.#tap(entry.id, action, button)),
    };
  }

  #dots() {
    const draw = () => el("div", { class: "dots", role: "img", "aria-label": t("writing"), data: { testid: "loading" } }, el("i"), el("i"), el("i"));
    return { key: "dots", print: currentLanguage(), draw };
  }

  #empty() {
    const words = t(this.#person.role === "staff" ? "chatEmpty" : "chatEmptyWait");
    return { key: "empty", print: words, draw: () => el("p", { class: "chat-empty" }, words) };
  }

  /** A push lights up the lock screen; an answer to a press does not. */
  #announce(fresh) {
    if (!fresh.length) return;
    this.#phone.onFresh(fresh.length);
    const pushed = fresh.filter((entry) => entry.source.via === "push").at(-1);
    if (pushed) this.#notice.show(noticeText(pushed.source.message), hourMinute(pushed.at));
  }

  #renderTop(friend) {
    const blocked = friend === false;
    const print = `${blocked} ${this.#onPc}`;
    this.#row.allow(!blocked);
    keepList(this.#top, [{ key: "top", print, draw: () => this.#drawTop() }]);
    keepList(this.#row.beside, [{ key: "more", print, draw: () => this.#drawMore(blocked) }]);
    keepList(this.#stranger, blocked ? [{ key: "stranger", print, draw: () => this.#drawStranger() }] : []);
  }

  #drawTop() {
    const box = el("input", { type: "checkbox", role: "switch", data: { testid: "pc-switch" } });
    box.checked = this.#onPc;
    box.addEventListener("change", () => { this.#onPc = box.checked; this.render(); this.#top.querySelector("input").focus(); });
    return el("div", { class: "line-head" }, el("span", { class: "line-back", "aria-hidden": "true" }, "‹"), el("h3", {}, t("account")),
      el("label", { class: "pc-switch", title: t("onPcWhy") }, box, el("span", {}, t("onPc"))));
  }

  #drawStranger() {
    const follow = (event) => takeOnce(event.currentTarget, () => this.#send("follow"));
    return el("div", { class: "stranger" }, el("p", {}, t("notFriend")),
      el("button", { type: "button", class: "plain", data: { testid: "follow" }, on: { click: follow } }, t("befriend")));
  }

  #drawMore(blocked) {
    const choices = media.map(([type, word, name]) => ({ name: t(word), id: `send-${type}`, run: () => this.#send("media", { type, name }) }));
    choices.push({ name: t("sendSticker"), id: "send-sticker", run: () => this.#send("sticker") });
    if (!blocked) choices.push({ name: t("block"), id: "unfollow", run: () => this.#send("unfollow") });
    return popup(t("more"), "＋", "line-more", choices);
  }

  /** Reply buttons belong to the last message only, and LINE on a PC has none. */
  #renderQuick(last) {
    const items = (!this.#onPc && last?.from === "bot" && last.message?.quickReply?.items) || [];
    const print = JSON.stringify([last?.id, items]);
    keepList(this.#quick, items.length ? [{ key: "quick", print, draw: () => this.#drawQuick(last.id, items) }] : []);
  }

  #drawQuick(messageId, items) {
    return el("div", { class: "quick", role: "group", "aria-label": t("quick"), data: { testid: "quick" } }, items.map(({ action }) =>
      el("button", {
        type: "button", data: { action: action.data ?? action.text ?? action.type },
        on: { click: (event) => this.#tap(messageId, action, event.currentTarget) },
      }, action.label)));
  }

  #renderMenu() {
    const rich = this.#onPc || this.#chat.friend === false ? null : this.#chat.rich_menu;
    const print = `${this.#menuOpen} ${JSON.stringify(rich)}`;
    keepList(this.#menu, rich ? [{ key: "menu", print, draw: () => this.#drawMenu(rich) }] : []);
  }

  #drawMenu(rich) {
    const bar = el("button", {
      type: "button", class: "menu-bar", "aria-expanded": String(this.#menuOpen), data: { testid: "menu-toggle" }, on: { click: () => this.#toggleMenu() },
    }, rich.chatBarText ?? t("menu"), el("span", { "aria-hidden": "true" }, this.#menuOpen ? " ▼" : " ▲"));
    const tap = (area, button) => takeOnce(button, () => this.#send("menu", { area }));
    return el("div", { class: "rich-menu", data: { testid: "rich-menu" } }, this.#menuOpen && drawRichMenu(rich, tap), bar);
  }

  #toggleMenu() {
    this.#menuOpen = !this.#menuOpen;
    this.render();
    this.#menu.querySelector(".menu-bar").focus();
  }
}
