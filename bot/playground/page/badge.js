// The small count of what came while one was looking elsewhere.
import { el } from "./dom.js";
import { t } from "./words.js";

/** The number of new messages, with words for those who hear it. */
export function drawCount(n) {
  if (!n) return null;
  return el("span", { class: "badge" }, el("span", { "aria-hidden": "true" }, String(n)), el("span", { class: "only-read" }, t("fresh", { n })));
}
