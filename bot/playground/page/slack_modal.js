// The window that an app opens over Slack: title, questions, submit and close.
import { drawBlocks } from "./blockkit.js";
import { el } from "./dom.js";
import { t } from "./words.js";

/** `room` gives {names, tap, close(), submit(button, panel)}. */
export function drawModal(view, room) {
  const submit = view.submit && el("button", { type: "submit", class: "slack-button is-primary", data: { testid: "modal-submit" } }, view.submit.text);
  const close = el("button", { type: "button", class: "slack-button", data: { testid: "modal-close" }, on: { click: room.close } }, view.close?.text || t("close"));
  const panel = el("form", { class: "modal", role: "dialog", "aria-modal": "true", "aria-label": view.title?.text ?? t("window"), data: { testid: "modal" } },
    el("h3", {}, view.title?.text ?? ""), drawBlocks(view.blocks, room), el("div", { class: "block-actions modal-end" }, close, submit));
  panel.addEventListener("submit", (event) => { event.preventDefault(); room.submit(submit ?? close, panel); });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") room.close(); });
  return panel;
}

/** {block_id: {action_id: answer}} as Slack puts it into state.values. */
export function readModal(panel) {
  const values = {};
  for (const field of panel.querySelectorAll("[data-input]")) {
    const { block, input, type } = field.dataset;
    values[block] = { ...values[block], [input]: { type, ...readField(field, type) } };
  }
  return values;
}

function readField(field, type) {
  const chosen = [...(field.selectedOptions ?? [])].filter((one) => one.dataset.option).map((one) => JSON.parse(one.dataset.option));
  switch (type) {
    case "static_select": case "radio_buttons": return { selected_option: chosen[0] ?? null };
    case "checkboxes": case "multi_static_select": return { selected_options: chosen };
    case "datepicker": return { selected_date: field.value || null };
    case "timepicker": return { selected_time: field.value || null };
    default: return { value: field.value || null };
  }
}
