// The row under a chat where one writes: a place for a small menu, the field, and send.
import { el, takeOnce } from "./dom.js";
import { t } from "./words.js";

/** `send(text)` is called once for each message. Gives {form, beside, allow(yes), write(text)}. */
export function makeSendRow(label, send) {
  const beside = el("span", { class: "popup-place" });
  const field = el("input", { type: "text", autocomplete: "off", enterkeyhint: "send", "aria-label": label, placeholder: label, data: { testid: "send-box" } });
  const button = el("button", { type: "submit", class: "send", data: { testid: "send" } }, t("send"));
  const form = el("form", { class: "send-row" }, beside, field, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text) takeOnce(button, () => { field.value = ""; return send(text); });
  });
  const allow = (yes) => { field.disabled = button.disabled = !yes; };
  const write = (text) => { field.value = text; field.focus(); };
  return { form, beside, allow, write };
}
