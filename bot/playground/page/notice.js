// The strip on top of a phone that shows what the lock screen would show.
import { el } from "./dom.js";
import { t } from "./words.js";

const stays = 9000;

export function makeNotice() {
  const node = el("div", { class: "notice", data: { testid: "notice" }, hidden: true });
  let timer = 0;

  function show(text, time) {
    clearTimeout(timer);
    node.replaceChildren(drawStrip(text, time, hide));
    node.hidden = false;
    timer = setTimeout(hideWhenFree, stays);
  }

  const hide = () => { clearTimeout(timer); node.hidden = true; };

  /** Not while somebody reads it with the pointer or the keyboard. */
  function hideWhenFree() {
    if (node.matches(":hover, :focus-within")) timer = setTimeout(hideWhenFree, 1500);
    else hide();
  }

  return { node, show, hide };
}

function drawStrip(text, time, hide) {
  return el("div", { class: "notice-strip", role: "group", "aria-label": t("lockScreen") },
    el("span", { class: "notice-face", "aria-hidden": "true" }, "M"),
    el("span", { class: "notice-words" },
      el("span", { class: "notice-from" }, t("account"), " ", el("time", {}, time)),
      el("span", { class: "notice-text" }, text)),
    el("button", { type: "button", class: "notice-close", "aria-label": t("closeNotice"), on: { click: hide } }, "×"));
}
