// The strip on top of a phone that shows what the lock screen would show.
import { el } from "./dom.js";
import { t } from "./words.js";

const stays = 6000;
const looksAgain = 1500;

export class Notice {
  #timer = 0;
  node = el("div", { class: "notice", data: { testid: "notice" }, hidden: true });

  show(text, time) {
    clearTimeout(this.#timer);
    this.node.replaceChildren(drawStrip(text, time, () => this.#hide()));
    this.node.hidden = false;
    this.#timer = setTimeout(() => this.#hideWhenFree(), stays);
  }

  #hide() {
    clearTimeout(this.#timer);
    this.node.hidden = true;
  }

  /** Not while somebody reads it with the pointer or the keyboard. */
  #hideWhenFree() {
    if (!this.node.matches(":hover, :focus-within")) this.#hide();
    else this.#timer = setTimeout(() => this.#hideWhenFree(), looksAgain);
  }
}

function drawStrip(text, time, hide) {
  return el("div", { class: "notice-strip", role: "group", "aria-label": t("lockScreen") },
    el("span", { class: "notice-face", "aria-hidden": "true" }, "M"),
    el("span", { class: "notice-words" },
      el("span", { class: "notice-from" }, t("account"), " ", el("time", {}, time)),
      el("span", { class: "notice-text" }, text)),
    el("button", { type: "button", class: "notice-close", "aria-label": t("closeNotice"), on: { click: hide } }, "×"));
}
