// One person's phone as Slack shows it: direct messages with the app, its home, and the channels.
import { slack as post } from "./api.js";
import { drawBlocks } from "./blockkit.js";
import { makeChatLog } from "./chat_log.js";
import { el, keepList, popup, takeOnce } from "./dom.js";
import { drawModal, readModal } from "./slack_modal.js";
import { makeNotice } from "./notice.js";
import { drawSlackMessage } from "./slack_message.js";
import { hourMinute, readTime } from "./times.js";
import { unescapeSlack } from "./mrkdwn.js";
import { currentLanguage, t } from "./words.js";
import { directMessages } from "./world.js";

/** `phone` gives {world, say(answer), tell(text), onFresh(n)}; `person` is one of the people with a slack_user_id. */
export function makeSlackScreen(phone, person) {
  const user = person.slack_user_id;
  const notice = makeNotice();
  const head = el("div", { class: "slack-top" });
  const home = el("div", { class: "slack-home", tabindex: "0", data: { testid: "home" } });
  const field = el("input", { type: "text", autocomplete: "off", enterkeyhint: "send", data: { testid: "send-box" } });
  const form = makeForm();
  const shortcuts = form.querySelector(".popup-place");
  const logs = new Map();
  const unread = new Map();
  const stage = el("div", { class: "slack-stage" });
  const modal = el("div", { class: "modal-holder" });
  const node = el("div", { class: "screen slack-screen" }, notice.node, head, stage, form, modal);
  let open = "im";

  const world = () => phone.world;
  const send = async (what, body) => phone.say(await post(user, what, body));
  const names = {
    user: (id) => world().people.find((one) => one.slack_user_id === id)?.name ?? t("account"),
    channel: (id) => channelName(id),
  };
  const room = {
    names,
    isApp: (id) => !world().people.some((one) => one.slack_user_id === id),
    tap: (entry, blockId, element, button, chosen) => tap(button, element, {
      channel: entry.channel, ts: entry.ts, block_id: blockId, action_id: element.action_id, ...picked(chosen),
    }),
    openFrom: (entry) => send("shortcut", { callback_id: "mamori_from_message", channel: entry.channel, ts: entry.ts }),
  };

  const picked = (chosen) => (chosen ? { value: chosen.value } : {});

  const tap = (button, element, body) => takeOnce(button, async () => {
    const answer = await post(user, "tap", body);
    phone.say(answer);
    if (element.url) phone.offerLink(element.url);
  });

  function channelName(id) {
    const name = world().channels.find((one) => one.id === id)?.name ?? world().slack.conversations[id]?.name ?? id;
    return name.startsWith("#") ? name : `#${name}`;
  }

  /** The rooms in the order of the tabs: home, direct messages, channels. */
  function rooms() {
    const channels = new Set([...world().channels.map((one) => one.id),
      ...Object.keys(world().slack.conversations).filter((id) => world().slack.conversations[id].kind === "channel")]);
    return [{ key: "im", name: t("account"), channel: directMessages(world(), user)?.[0] ?? null }, { key: "home", name: t("home") },
      ...[...channels].map((id) => ({ key: id, name: channelName(id), channel: id }))];
  }

  function render() {
    const all = rooms();
    const talks = all.filter((one) => one.key !== "home");
    talks.filter(({ key }) => !logs.has(key)).forEach(({ key, name }) => logs.set(key, makeChatLog(t("chat", { name }))));
    const shown = open === "home" ? home : logs.get(open).node;
    if (stage.firstChild !== shown) stage.replaceChildren(shown);
    talks.forEach(renderRoom);
    renderHome();
    renderModal();
    renderHead(all);
    renderForm(all.find((one) => one.key === open));
  }

  function renderRoom({ key, channel }) {
    const entries = readEntries(channel);
    const fresh = logs.get(key).show(entries, entries.length ? [] : [empty(key)]).filter((entry) => entry.theirs);
    if (!fresh.length) return;
    if (key !== open) unread.set(key, (unread.get(key) ?? 0) + fresh.length);
    phone.onFresh(fresh.length);
    if (key === "im") notice.show(unescapeSlack(fresh.at(-1).source.text), hourMinute(fresh.at(-1).at));
  }

  const empty = (key) => ({ key: "empty", print: currentLanguage(), draw: () => el("p", { class: "chat-empty" }, t(key === "im" ? "chatEmptySlack" : "chatEmptyWait")) });

  function readEntries(channel) {
    const messages = (world().slack.conversations[channel]?.messages ?? [])
      .filter((one) => !one.deleted && (!one.ephemeral_to || one.ephemeral_to === user))
      .map((one) => ({ ...one, channel }));
    const isReply = (one) => one.thread_ts && one.thread_ts !== one.ts && messages.some((other) => other.ts === one.thread_ts);
    return messages.filter((one) => !isReply(one)).map((one) =>
      entryOf(one, messages.filter((other) => isReply(other) && other.thread_ts === one.ts)));
  }

  const entryOf = (source, replies) => ({
    key: source.ts, at: readTime(source.ts), print: JSON.stringify([source, replies]), theirs: source.user !== user, source,
    draw: () => drawSlackMessage(source, replies, room),
  });

  function renderHome() {
    const view = world().slack.homes[user];
    const print = `${currentLanguage()} ${JSON.stringify(view)}`;
    const draw = () => (view ? drawBlocks(view.blocks, { names, tap: tapHome }) : el("p", { class: "chat-empty" }, t("homeEmpty")));
    keepList(home, [{ key: "home", print, draw }]);
  }

  const tapHome = (blockId, element, button, chosen) =>
    tap(button, element, { home: true, block_id: blockId, action_id: element.action_id, ...picked(chosen) });

  /** Only the top one of the open windows is seen; a new one takes the focus. */
  function renderModal() {
    const view = world().slack.modals[user]?.at(-1);
    const print = `${currentLanguage()} ${JSON.stringify(view)}`;
    const before = modal.firstChild;
    keepList(modal, view ? [{ key: view.id, print, draw: () => drawModal(view, modalRoom(view)) }] : []);
    if (modal.firstChild && modal.firstChild !== before) modal.querySelector("input, textarea, select, button")?.focus();
  }

  const modalRoom = (view) => ({
    names,
    tap: (blockId, element, button, chosen) =>
      tap(button, element, { view_id: view.id, block_id: blockId, action_id: element.action_id, ...picked(chosen) }),
    close: () => send("close", { view_id: view.id }),
    submit: (button, panel) => takeOnce(button, () => submit(view, panel)),
  });

  async function submit(view, panel) {
    const answer = await post(user, "submit", { view_id: view.id, values: readModal(panel) });
    const wrong = Object.values(answer.opened?.errors ?? {});
    if (wrong.length) phone.tell(wrong.join(" "));
    else phone.say(answer);
  }

  function renderHead(all) {
    const print = JSON.stringify([currentLanguage(), open, all, [...unread]]);
    keepList(head, [{ key: "head", print, draw: () => drawTabs(all) }]);
  }

  const drawTabs = (all) => el("div", { class: "slack-tabs", role: "group", "aria-label": t("talks") }, all.map(({ key, name }) => {
    const waiting = unread.get(key);
    return el("button", { type: "button", "aria-pressed": String(key === open), data: { testid: `slack-tab-${key}` }, on: { click: () => show(key) } },
      name, waiting && el("span", { class: "badge" }, el("span", { "aria-hidden": "true" }, String(waiting)), el("span", { class: "only-read" }, t("fresh", { n: waiting }))));
  }));

  function show(key) {
    open = key;
    unread.delete(key);
    render();
    if (key === "home") send("home");
  }

  function makeForm() {
    const button = el("button", { type: "submit", class: "send", data: { testid: "send" } });
    const made = el("form", { class: "send-row" }, el("span", { class: "popup-place" }), field, button);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text) takeOnce(button, async () => { field.value = ""; await say(text); });
    });
    return made;
  }

  function renderForm(shown) {
    form.hidden = shown.key === "home";
    field.setAttribute("aria-label", t("writeSlack"));
    field.placeholder = t("writeSlack");
    form.querySelector(".send").textContent = t("send");
    const openMamori = { name: t("openMamori"), id: "shortcut-mamori_open", run: () => send("shortcut", { callback_id: "mamori_open" }) };
    keepList(shortcuts, [{ key: "more", print: currentLanguage(), draw: () => popup(t("shortcuts"), "＋", "slack-shortcuts", [openMamori]) }]);
  }

  function say(text) {
    const channel = open === "im" ? {} : { channel: open };
    const [command, ...words] = text.split(/\s+/);
    if (command === "/mamori") return send("command", { command, text: words.join(" "), ...channel });
    if (text.startsWith("/")) return phone.tell(t("unknownCommand"));
    return send("message", { text, ...channel });
  }

  const shows = (kind, key) => kind === "slack" && isMine(key);
  const isMine = (key) => {
    const talk = world().slack.conversations[key];
    return !talk || talk.kind !== "im" || talk.user === user;
  };

  return { node, render, shows };
}
