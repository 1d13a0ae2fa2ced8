// Draws Slack's rich_text block, which is what people's own messages carry.
import { el } from "./dom.js";

export function drawRichText(block, names) {
  return el("div", { class: "block-text" }, (block.elements ?? []).map((part) => drawPart(part, names)));
}

function drawPart(part, names) {
  const inside = () => (part.elements ?? []).map((one) => drawPiece(one, names));
  switch (part.type) {
    case "rich_text_list": {
      const tag = part.style === "ordered" ? "ol" : "ul";
      return el(tag, {}, (part.elements ?? []).map((item) => el("li", {}, drawPart(item, names))));
    }
    case "rich_text_quote": return el("blockquote", {}, inside());
    case "rich_text_preformatted": return el("pre", {}, inside());
    default: return el("div", { class: "rich-line" }, inside());
  }
}

function drawPiece(piece, names) {
  switch (piece.type) {
    case "link": return el("a", { href: /^https?:/i.test(piece.url) ? piece.url : null, target: "_blank", rel: "noopener noreferrer" }, piece.text ?? piece.url);
    case "user": return el("span", { class: "mention" }, `@${names.user(piece.user_id)}`);
    case "channel": return el("span", { class: "mention" }, `#${names.channel(piece.channel_id).replace(/^#/, "")}`);
    case "emoji": return piece.unicode ? String.fromCodePoint(...piece.unicode.split("-").map((code) => parseInt(code, 16))) : `:${piece.name}:`;
    default: return drawStyled(piece);
  }
}

function drawStyled({ text = "", style = {} }) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? el(tag, {}, inner) : inner), text);
}
