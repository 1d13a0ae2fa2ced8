// Draws the parts of Block Kit that can be pressed or chosen.
import { el } from "./dom.js";
import { safeAddress } from "./flex_parts.js";
import { unescapeSlack } from "./mrkdwn.js";
import { t } from "./words.js";

export function drawElement(element, block, room) {
  switch (element.type) {
    case "button": return drawButton(element, block, room);
    case "static_select": return drawSelect(element, block, room);
    case "overflow": case "radio_buttons": case "checkboxes": return drawOptions(element, block, room);
    case "image": return el("img", { class: "accessory-image", src: safeAddress(element.image_url), alt: element.alt_text ?? "" });
    default: return el("span", { class: "block-unknown" }, t("notDrawn", { type: element.type }));
  }
}

function drawButton(element, block, room) {
  const node = el("button", {
    type: "button", class: `slack-button is-${element.style ?? "default"}`, "aria-label": element.accessibility_label,
    data: { action: element.action_id, value: element.value ?? "" },
  }, unescapeSlack(element.text?.text));
  node.addEventListener("click", async () => {
    if (element.confirm && !(await askFirst(element.confirm))) return;
    room.tap(block.block_id, element, node);
  });
  return node;
}

/** Slack asks in a small window before it passes the press on. */
function askFirst({ title, text, confirm, deny }) {
  const dialog = el("dialog", { class: "confirm", data: { testid: "confirm" } },
    el("form", { method: "dialog" }, el("h4", {}, title?.text ?? ""), el("p", {}, unescapeSlack(text?.text)),
      el("div", { class: "block-actions" },
        el("button", { value: "no", class: "slack-button" }, deny?.text ?? t("cancel")),
        el("button", { value: "yes", class: "slack-button is-primary" }, confirm?.text ?? "OK"))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => { dialog.remove(); done(dialog.returnValue === "yes"); }));
}

function drawSelect(element, block, room) {
  const all = options(element);
  const first = el("option", { value: "" }, unescapeSlack(element.placeholder?.text ?? "…"));
  const node = el("select", { class: "slack-select", "aria-label": first.textContent, data: { action: element.action_id } }, first,
    all.map((option) => el("option", { value: option.value }, unescapeSlack(option.text.text))));
  node.value = element.initial_option?.value ?? "";
  node.addEventListener("change", () => room.tap(block.block_id, element, node, all.find((one) => one.value === node.value)));
  return node;
}

function drawOptions(element, block, room) {
  return el("div", { class: "slack-options", role: "group", data: { action: element.action_id } }, (element.options ?? []).map((option) => {
    const node = el("button", { type: "button", class: "slack-button", data: { action: element.action_id, value: option.value ?? "" } }, unescapeSlack(option.text.text));
    node.addEventListener("click", () => room.tap(block.block_id, element, node, option));
    return node;
  }));
}

/** Slack lets options stand in groups; here they are one list. */
const options = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);

/** A question of a modal; its answer is read back from data-block, data-input and data-type. */
export function drawInput(block) {
  const element = block.element;
  const field = drawField(element);
  Object.assign(field.dataset, { block: block.block_id, input: element.action_id, type: element.type });
  return el("label", { class: "block-input" }, el("span", {}, unescapeSlack(block.label?.text)), field,
    block.hint && el("small", {}, unescapeSlack(block.hint.text)));
}

const fieldTypes = { datepicker: "date", timepicker: "time", number_input: "number", email_text_input: "email", url_text_input: "url" };

function drawField(element) {
  if (["static_select", "radio_buttons", "checkboxes", "multi_static_select"].includes(element.type)) return drawChoices(element);
  const field = element.multiline ? el("textarea", { rows: "3" }) : el("input", { type: fieldTypes[element.type] ?? "text" });
  field.value = element.initial_value ?? element.initial_date ?? element.initial_time ?? "";
  if (element.placeholder) field.placeholder = element.placeholder.text;
  return field;
}

/** One list for all kinds of choice: a modal here is for trying, not for admiring. */
function drawChoices(element) {
  const many = ["checkboxes", "multi_static_select"].includes(element.type);
  const chosen = [element.initial_option, ...(element.initial_options ?? [])].map((one) => one?.value);
  return el("select", { multiple: many, class: "slack-select" }, !many && el("option", { value: "" }, "–"),
    options(element).map((option) => el("option", { value: option.value, selected: chosen.includes(option.value), data: { option: JSON.stringify(option) } },
      unescapeSlack(option.text.text))));
}
