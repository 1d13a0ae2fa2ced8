// Draws one LINE message (text, Flex, template, picture, sticker, file) as a bubble of the chat.
import { el } from "./dom.js";
import { drawFlex } from "./flex.js";
import { safeAddress } from "./flex_parts.js";
import { hourMinute, readTime } from "./times.js";
import { t } from "./words.js";

const things = ["image", "audio", "video", "file", "sticker", "location"];

/** `tap(action, node)` is called when a button in the message is pressed. */
export function drawLineMessage(entry, tap) {
  const mine = entry.from === "user";
  const message = entry.message ?? {};
  const time = el("time", { class: "bubble-time", datetime: entry.at }, hourMinute(readTime(entry.at)));
  const body = mine ? drawMine(entry, message) : drawTheirs(message, tap);
  const side = mine ? "is-mine" : "is-theirs";
  return el("div", { class: `talk ${side}`, data: { testid: "message", messageId: entry.id, from: entry.from, via: entry.via ?? "" } },
    !mine && el("span", { class: "line-face", "aria-hidden": "true" }, "M"),
    el("div", { class: "talk-body" }, !mine && el("span", { class: "talk-name" }, message.sender?.name ?? t("account")),
      el("div", { class: "talk-row" }, body, time)));
}

/** What text stands in the notification and is read aloud first. */
export function noticeText(message) {
  return message.altText ?? message.text ?? t(things.includes(message.type) ? message.type : "notice");
}

function drawMine(entry, message) {
  if (things.includes(message.type)) return drawThing({ name: entry.display, ...message });
  return drawWords(entry.display ?? message.text ?? "");
}

function drawTheirs(message, tap) {
  switch (message.type) {
    case "text": case "textV2": return drawWords(message.text ?? "");
    case "flex": return drawFlex(message.contents, tap);
    case "template": return drawFlex(asFlex(message.template ?? {}), tap);
    default: return drawThing(message);
  }
}

const drawWords = (words) => el("div", { class: "bubble" }, linkify(words));

/** LINE makes web addresses in plain text pressable. */
function linkify(words) {
  return words.split(/(https?:\/\/[^\s「」]+)/).map((piece, index) =>
    (index % 2 ? el("a", { href: piece, target: "_blank", rel: "noopener noreferrer" }, piece) : piece));
}

function drawThing(message) {
  const address = safeAddress(message.previewImageUrl ?? message.originalContentUrl ?? message.contentProvider?.previewImageUrl);
  if (message.type === "image" && address) return el("img", { class: "bubble-picture", src: address, alt: t("image"), loading: "lazy" });
  if (message.type === "sticker") return el("div", { class: "bubble-sticker", role: "img", "aria-label": t("sticker") }, "☺");
  const name = message.fileName ?? message.name ?? message.title ?? message.altText ?? "";
  const kind = things.includes(message.type) ? t(message.type) : t("notDrawn", { type: message.type });
  return el("div", { class: "bubble bubble-thing" }, el("strong", {}, kind), name && ` ${name}`);
}

/** Button templates look like a small Flex bubble, so they are drawn as one. */
function asFlex(template) {
  if (template.type === "carousel") return { type: "carousel", contents: (template.columns ?? []).map(asBubble) };
  return asBubble(template);
}

function asBubble(column) {
  const title = column.title && { type: "text", text: column.title, weight: "bold", wrap: true };
  const words = column.text && { type: "text", text: column.text, wrap: true, size: "sm" };
  const buttons = (column.actions ?? []).map((action) => ({ type: "button", height: "sm", action }));
  return {
    type: "bubble", size: "kilo",
    body: { type: "box", layout: "vertical", spacing: "sm", contents: [title, words].filter(Boolean) },
    footer: { type: "box", layout: "vertical", contents: buttons },
  };
}
