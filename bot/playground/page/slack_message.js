// Draws one Slack message with its marks (edited, only you) and its folded thread.
import { drawBlocks } from "./blockkit.js";
import { el, popup } from "./dom.js";
import { readMrkdwn } from "./mrkdwn.js";
import { hourMinute, readTime } from "./times.js";
import { t } from "./words.js";

/**
 * `room` gives {names, isApp(user), tap(entry, …), openFrom(entry)}; `room.reply(entry, text)` writes into its thread;
 * `replies` are the thread's other messages.
 */
export function drawSlackMessage(entry, replies, room) {
  const node = drawOne(entry, room);
  if (replies.length) node.querySelector(".slack-body").append(drawThread(entry, replies, room));
  return node;
}

function drawOne(entry, room) {
  const isApp = room.isApp(entry.user);
  const name = room.names.user(entry.user);
  return el("article", { class: `slack-message${entry.ephemeral_to ? " is-ephemeral" : ""}`, data: { testid: "message", ts: entry.ts, user: entry.user ?? "" } },
    el("span", { class: `slack-face${isApp ? " is-app" : ""}`, "aria-hidden": "true" }, isApp ? "M" : name.slice(0, 1)),
    el("div", { class: "slack-body" },
      entry.ephemeral_to && el("p", { class: "slack-only" }, t("onlyYou")),
      drawHead(entry, name, isApp),
      drawContent(entry, room)),
    popup(t("messageMenu"), "…", "message-menu", [{ name: t("fromMessage"), id: "shortcut-mamori_from_message", run: () => room.openFrom(entry) }]));
}

function drawHead(entry, name, isApp) {
  const ms = readTime(entry.at ?? entry.ts);
  return el("p", { class: "slack-head" }, el("strong", {}, name), isApp && el("span", { class: "slack-tag" }, t("app")),
    el("time", { datetime: entry.at }, hourMinute(ms)), entry.edited && el("span", { class: "slack-edited" }, `(${t("edited")})`));
}

function drawContent(entry, room) {
  if (!entry.blocks?.length) return el("div", { class: "block-text" }, readMrkdwn(entry.text, room.names));
  return drawBlocks(entry.blocks, {
    names: room.names,
    tap: (blockId, element, node, chosen) => room.tap(entry, blockId, element, node, chosen),
  });
}

function drawThread(parent, replies, room) {
  return el("details", { class: "thread", data: { open: `thread ${parent.ts}`, testid: "thread" } },
    el("summary", {}, t("replies", { n: replies.length })), replies.map((reply) => drawOne(reply, room)), drawReplyRow(parent, room));
}

function drawReplyRow(parent, room) {
  const field = el("input", { type: "text", autocomplete: "off", "aria-label": t("reply"), placeholder: t("reply"), data: { testid: "reply-box", draft: parent.ts } });
  const form = el("form", { class: "reply-row" }, field);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    field.value = "";
    if (text) room.reply(parent, text);
  });
  return form;
}
