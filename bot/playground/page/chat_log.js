// A chat's list of messages: keeps the reader's place, brings new messages into view, knows what is new.
import { el, keepList } from "./dom.js";
import { dayName } from "./times.js";
import { currentLanguage } from "./words.js";

export function makeChatLog(label) {
  const node = el("div", { class: "chat", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0", data: { testid: "chat" } });
  const toEnd = () => { node.scrollTop = node.scrollHeight; };
  let seen = null;
  let stuck = true; // the reader is at the end and wants to stay there, also when the room above the input changes
  node.addEventListener("scroll", () => { stuck = node.scrollHeight - node.clientHeight - node.scrollTop < 48; });
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe(node);

  /** `entries`: {key, at, print, theirs, draw}. Returns the keys that were not there last time. */
  function show(entries, tail = []) {
    const fresh = seen === null ? [] : entries.filter((entry) => !seen.has(entry.key));
    keepList(node, [...withDays(entries), ...tail]);
    if (seen === null || (stuck && !fresh.length)) toEnd();
    else if (fresh.length) bringIntoView(fresh);
    seen = new Set(entries.map((entry) => entry.key));
    return fresh;
  }

  /** Down to the end, but never past the first line of the last card that came: reading starts there. */
  function bringIntoView(fresh) {
    const first = fresh.filter((entry) => entry.theirs).at(-1) ?? fresh[0];
    const child = [...node.children].find((one) => one.dataset.key === first.key);
    const end = node.scrollHeight - node.clientHeight;
    node.scrollTop = child ? Math.min(end, child.offsetTop - 8) : end;
    stuck = node.scrollTop >= end - 1;
  }

  return { node, show };
}

function withDays(entries) {
  const items = [];
  let day = null;
  for (const entry of entries) {
    const name = dayName(entry.at);
    if (name !== day) items.push({ key: `day ${name}`, print: name, draw: () => el("p", { class: "day" }, el("span", {}, name)) });
    day = name;
    items.push({ ...entry, print: `${currentLanguage()} ${entry.print}` });
  }
  return items;
}
