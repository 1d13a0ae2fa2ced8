// A chat's list of messages: keeps the reader's place, brings new messages into view, knows what is new.
import { el, keepList } from "./dom.js";
import { dayName } from "./times.js";

export class ChatLog {
  #seen = null;
  #height = 0;
  #stuck = true; // the reader is at the end and wants to stay there, also when the room above the input changes

  constructor(label) {
    this.node = el("div", { class: "chat", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0", data: { testid: "chat" } });
    this.node.addEventListener("scroll", () => this.#noteScroll());
    new ResizeObserver(() => this.#noteSize()).observe(this.node);
  }

  /** `entries`: {key, at, print, theirs, draw}. Gives those that were not there last time; none the first time. */
  show(entries, tail = []) {
    const fresh = this.#seen === null ? [] : entries.filter((entry) => !this.#seen.has(entry.key));
    keepList(this.node, [...withDays(entries), ...tail]);
    if (fresh.length) this.#bringIntoView(fresh);
    else if (this.#stuck) this.#toEnd();
    this.#seen = new Set(entries.map((entry) => entry.key));
    return fresh;
  }

  /** A scroll that comes with a change of size is the browser's doing, not the reader's wish. */
  #noteScroll() {
    if (this.node.clientHeight === this.#height) this.#stuck = this.#end - this.node.scrollTop < 48;
  }

  #noteSize() {
    this.#height = this.node.clientHeight;
    if (this.#stuck) this.#toEnd();
  }

  get #end() {
    return this.node.scrollHeight - this.node.clientHeight;
  }

  #toEnd() {
    this.node.scrollTop = this.#end;
  }

  /** Down to the end, but never past the first line of the last card that came: reading starts there. */
  #bringIntoView(fresh) {
    const first = fresh.filter((entry) => entry.theirs).at(-1) ?? fresh[0];
    const child = [...this.node.children].find((one) => one.dataset.key === first.key);
    this.node.scrollTop = child ? Math.min(this.#end, child.offsetTop - 8) : this.#end;
    this.#stuck = this.node.scrollTop >= this.#end - 1;
  }
}

function withDays(entries) {
  const items = [];
  let day = null;
  for (const entry of entries) {
    const name = dayName(entry.at);
    if (name !== day) items.push({ key: `day ${name}`, print: name, draw: () => el("p", { class: "day" }, el("span", {}, name)) });
    day = name;
    items.push(entry);
  }
  return items;
}
