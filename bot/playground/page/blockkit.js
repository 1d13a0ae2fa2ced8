// Draws Slack's Block Kit: the blocks of a message or of the App Home.
import { el } from "./dom.js";
import { drawElement, drawInput } from "./blockkit_elements.js";
import { safeAddress } from "./flex_parts.js";
import { readMrkdwn, unescapeSlack } from "./mrkdwn.js";
import { drawRichText } from "./rich_text.js";
import { t } from "./words.js";

/** `room` gives {names, tap(blockId, element, node, chosen)}. */
export function drawBlocks(blocks, room) {
  return el("div", { class: "blocks" }, (blocks ?? []).map((block) => drawBlock(block, room)));
}

/** plain_text or mrkdwn, as the text object says. */
export function drawTextObject(text, names) {
  if (!text) return [];
  return text.type === "mrkdwn" ? readMrkdwn(text.text, names) : [unescapeSlack(text.text)];
}

function drawBlock(block, room) {
  switch (block.type) {
    case "section": return drawSection(block, room);
    case "actions": return el("div", { class: "block-actions" }, (block.elements ?? []).map((one) => drawElement(one, block, room)));
    case "context": return el("div", { class: "block-context" }, (block.elements ?? []).map((one) => drawSmall(one, room)));
    case "input": return drawInput(block);
    case "divider": return el("hr", {});
    case "header": return el("h4", { class: "block-header" }, drawTextObject(block.text, room.names));
    case "image": return drawPicture(block);
    case "rich_text": return drawRichText(block, room.names);
    case "markdown": return el("div", { class: "block-text" }, readMrkdwn(block.text.replaceAll("**", "*"), room.names));
    default: return el("p", { class: "block-unknown" }, t("notDrawn", { type: block.type }));
  }
}

function drawSection(block, room) {
  const fields = (block.fields ?? []).map((field) => el("div", { class: "block-field" }, drawTextObject(field, room.names)));
  const words = el("div", { class: "block-words" },
    block.text && el("div", { class: "block-text" }, drawTextObject(block.text, room.names)),
    fields.length > 0 && el("div", { class: "block-fields" }, fields));
  const beside = block.accessory && el("div", { class: "block-accessory" }, drawElement(block.accessory, block, room));
  return el("div", { class: "block-section" }, words, beside);
}

function drawSmall(element, room) {
  if (element.type === "image") return el("img", { class: "context-image", src: safeAddress(element.image_url), alt: element.alt_text ?? "" });
  return el("span", {}, drawTextObject(element, room.names));
}

function drawPicture(block) {
  return el("figure", {}, block.title && el("figcaption", {}, block.title.text),
    el("img", { src: safeAddress(block.image_url ?? block.slack_file?.url), alt: block.alt_text ?? "", loading: "lazy" }));
}
