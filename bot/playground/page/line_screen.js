// One person's phone as LINE shows it: talk, reply buttons, input and rich menu.
import { line as post } from "./api.js";
import { makeChatLog } from "./chat_log.js";
import { el, keepList, popup, takeOnce } from "./dom.js";
import { drawLineMessage, noticeText } from "./line_message.js";
import { drawRichMenu } from "./rich_menu.js";
import { makeNotice } from "./notice.js";
import { hourMinute, readTime } from "./times.js";
import { currentLanguage, t } from "./words.js";

const nobody = { friend: true, loading: false, rich_menu: null, messages: [] };

/** `phone` gives {world, say(answer), tell(text), onFresh(n)}; `person` is one of the people with a line_user_id. */
export function makeLineScreen(phone, person) {
  const user = person.line_user_id;
  const log = makeChatLog(t("chat", { name: t("account") }));
  const notice = makeNotice();
  const view = { onPc: false, menuOpen: true };
  const top = el("div", { class: "line-top" });
  const quick = el("div", { class: "quick-holder" });
  const stranger = el("div", { class: "stranger-holder" });
  const menu = el("div", { class: "menu-holder" });
  const field = el("input", { type: "text", autocomplete: "off", enterkeyhint: "send", data: { testid: "send-box" } });
  const form = makeForm();
  const node = el("div", { class: "screen line-screen" }, notice.node, top, stranger, log.node, quick, form, menu);

  const send = async (what, body) => phone.say(await post(user, what, body));
  const chat = () => phone.world.line[user] ?? nobody;

  const tapIn = (messageId) => (action, button) => takeOnce(button, async () => {
    openKeyboard(action);
    const answer = await post(user, "tap", { message_id: messageId, action });
    phone.say(answer);
    if (action.type === "uri") phone.offerLink(answer.uri ?? action.uri);
  });

  function openKeyboard(action) {
    if (action.inputOption !== "openKeyboard") return;
    field.value = action.fillInText ?? "";
    field.focus();
  }

  function makeForm() {
    const button = el("button", { type: "submit", class: "send", data: { testid: "send" } });
    const made = el("form", { class: "send-row" }, el("span", { class: "popup-place" }), field, button);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return;
      takeOnce(button, async () => { field.value = ""; await send("text", { text }); });
    });
    return made;
  }

  function render() {
    const { friend, messages = [], loading } = chat();
    renderTop(friend);
    renderQuick(messages.at(-1));
    renderMenu();
    const fresh = log.show(messages.map(entryOf), loading ? [dots()] : messages.length ? [] : [empty()]);
    announce(fresh.filter((entry) => entry.theirs));
  }

  const entryOf = (entry) => ({
    key: entry.id, at: readTime(entry.at), print: JSON.stringify(entry), theirs: entry.from === "bot", source: entry,
    draw: () => drawLineMessage(entry, tapIn(entry.id)),
  });

  const dots = () => ({
    key: "dots", print: currentLanguage(),
    draw: () => el("div", { class: "dots", role: "img", "aria-label": t("writing"), data: { testid: "loading" } }, el("i"), el("i"), el("i")),
  });

  const empty = () => ({ key: "empty", print: currentLanguage(), draw: () => el("p", { class: "chat-empty" }, t(person.role === "staff" ? "chatEmpty" : "chatEmptyWait")) });

  function announce(fresh) {
    if (!fresh.length) return;
    phone.onFresh(fresh.length);
    const pushed = fresh.filter((entry) => entry.source.via === "push").at(-1);
    if (pushed) notice.show(noticeText(pushed.source.message), hourMinute(pushed.at));
  }

  function renderTop(friend) {
    const print = `${currentLanguage()} ${friend} ${view.onPc}`;
    field.setAttribute("aria-label", t("write"));
    field.placeholder = t("write");
    form.querySelector(".send").textContent = t("send");
    form.querySelector(".send").disabled = field.disabled = friend === false;
    keepList(top, [{ key: "top", print, draw: drawTop }]);
    keepList(form.querySelector(".popup-place"), [{ key: "more", print, draw: () => drawMore(friend) }]);
    keepList(stranger, friend === false ? [{ key: "stranger", print, draw: drawStranger }] : []);
  }

  const drawTop = () => el("div", { class: "line-head" },
    el("span", { class: "line-back", "aria-hidden": "true" }, "‹"), el("h3", {}, t("account")), drawPcSwitch());

  function drawPcSwitch() {
    const box = el("input", { type: "checkbox", role: "switch", data: { testid: "pc-switch" } });
    box.checked = view.onPc;
    box.addEventListener("change", () => { view.onPc = box.checked; render(); top.querySelector("input").focus(); });
    return el("label", { class: "pc-switch", title: t("onPcWhy") }, box, el("span", {}, t("onPc")));
  }

  const drawStranger = () => el("div", { class: "stranger" }, el("p", {}, t("notFriend")),
    el("button", { type: "button", class: "plain", data: { testid: "follow" }, on: { click: (event) => takeOnce(event.currentTarget, () => send("follow")) } }, t("befriend")));

  function drawMore(friend) {
    const media = [["image", "sendImage", "photo.jpg"], ["audio", "sendAudio", "voice.m4a"], ["video", "sendVideo", "video.mp4"], ["file", "sendFile", "memo.pdf"]];
    const choices = media.map(([type, word, name]) => ({ name: t(word), id: `send-${type}`, run: () => send("media", { type, name }) }));
    choices.push({ name: t("sendSticker"), id: "send-sticker", run: () => send("sticker") });
    if (friend !== false) choices.push({ name: t("block"), id: "unfollow", run: () => send("unfollow") });
    return popup(t("more"), "＋", "line-more", choices);
  }

  /** Reply buttons belong to the last message only, and LINE on a PC has none. */
  function renderQuick(last) {
    const items = (!view.onPc && last?.from === "bot" && last.message?.quickReply?.items) || [];
    const tap = items.length && tapIn(last.id);
    keepList(quick, items.length ? [{ key: "quick", print: `${last.id} ${JSON.stringify(items)}`, draw: () => drawQuick(items, tap) }] : []);
  }

  const drawQuick = (items, tap) => el("div", { class: "quick", role: "group", "aria-label": t("quick"), data: { testid: "quick" } },
    items.map(({ action }) => el("button", {
      type: "button", data: { action: action.data ?? action.text ?? action.type }, on: { click: (event) => tap(action, event.currentTarget) },
    }, action.label)));

  function renderMenu() {
    const rich = view.onPc || chat().friend === false ? null : chat().rich_menu;
    const print = `${currentLanguage()} ${view.menuOpen} ${JSON.stringify(rich)}`;
    keepList(menu, rich ? [{ key: "menu", print, draw: () => drawMenu(rich) }] : []);
  }

  function drawMenu(rich) {
    const bar = el("button", {
      type: "button", class: "menu-bar", "aria-expanded": String(view.menuOpen), data: { testid: "menu-toggle" },
      on: { click: () => { view.menuOpen = !view.menuOpen; render(); menu.querySelector(".menu-bar").focus(); } },
    }, rich.chatBarText ?? t("menu"), el("span", { "aria-hidden": "true" }, view.menuOpen ? " ▼" : " ▲"));
    const tap = (area, button) => takeOnce(button, () => send("menu", { area }));
    return el("div", { class: "rich-menu", data: { testid: "rich-menu" } }, view.menuOpen && drawRichMenu(rich, tap), bar);
  }

  return { node, render, shows: (kind, key) => kind === "line" && key === user };
}
