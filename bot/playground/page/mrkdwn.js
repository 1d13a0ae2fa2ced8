// Reads Slack's mrkdwn into elements: bold, italic, strike, code, quote, links, mentions, dates.
import { el } from "./dom.js";
import { hourMinute, readTime } from "./times.js";

const pieces = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}])\*([^*\n]+)\*(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])_([^_\n]+)_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])~([^~\n]+)~(?![\p{L}\p{N}])/u;

/** `names` gives {user(id), channel(id)}: the words for a mention. */
export function readMrkdwn(text, names) {
  return gatherRuns(splitLines(text ?? "")).flatMap(({ quoted, lines }) => {
    const nodes = lines.flatMap((line, index) => [...(index ? [el("br")] : []), ...inline(line, names)]);
    return quoted ? [el("blockquote", {}, nodes)] : nodes;
  });
}

/** Slack text that is not marked up still has its three escaped signs. */
export const unescapeSlack = (text) =>
  String(text ?? "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Line by line, but a ``` block stays one piece. */
function splitLines(text) {
  return text.split(/\n?(```[\s\S]+?```)\n?/).flatMap((part, index) => (index % 2 ? [part] : part ? part.split("\n") : []));
}

/** Neighbouring quoted lines are one quote; it starts and ends its own line. */
function gatherRuns(lines) {
  const runs = [];
  for (const line of lines) {
    const mark = /^(&gt;|>) ?/.exec(line)?.[0];
    const quoted = mark !== undefined;
    if (runs.at(-1)?.quoted !== quoted) runs.push({ quoted, lines: [] });
    runs.at(-1).lines.push(quoted ? line.slice(mark.length) : line);
  }
  return runs;
}

function inline(text, names) {
  const found = pieces.exec(text);
  if (!found) return text ? [unescapeSlack(text)] : [""];
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [...(before ? [unescapeSlack(before)] : []), drawPiece(found, names), ...(after ? inline(after, names) : [])];
}

function drawPiece([, block, code, angle, bold, italic, strike], names) {
  if (block !== undefined) return el("pre", {}, unescapeSlack(block.replace(/^\n/, "")));
  if (code !== undefined) return el("code", {}, unescapeSlack(code));
  if (angle !== undefined) return drawAngle(angle, names);
  const [tag, inner] = bold !== undefined ? ["strong", bold] : italic !== undefined ? ["em", italic] : ["s", strike];
  return el(tag, {}, inline(inner, names));
}

function drawAngle(angle, names) {
  const [target, label] = angle.split("|");
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${label ?? names.user(target.slice(1))}`);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${(label || names.channel(target.slice(1))).replace(/^#/, "")}`);
  if (target.startsWith("!date^")) return drawDate(target, label);
  if (target.startsWith("!")) return el("span", { class: "mention" }, `@${label ?? target.slice(1)}`);
  return drawLink(target, label);
}

function drawDate(target, label) {
  const [, seconds, shape = ""] = target.split("^");
  const words = shape.replace(/\{time(_secs)?\}/g, hourMinute(readTime(seconds)));
  return el("time", {}, words && !words.includes("{") ? words : label ?? hourMinute(readTime(seconds)));
}

function drawLink(target, label) {
  const words = unescapeSlack(label ?? target.replace(/^mailto:/, ""));
  if (!/^(https?:|mailto:|tel:)/i.test(target)) return words;
  return el("a", { href: unescapeSlack(target), target: "_blank", rel: "noopener noreferrer" }, words);
}
