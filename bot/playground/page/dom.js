// Builds and renews elements; what people wrote only ever goes in as text.

/** el("p", {class: "x", data: {testid: "y"}, on: {click}, css: {color}}, "text", node, …) */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "data") Object.assign(node.dataset, value);
  else if (name === "on") Object.entries(value).forEach(([event, run]) => node.addEventListener(event, run));
  else if (name === "css") setCss(node, value);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** Through the object model, because a strict content policy refuses style attributes. */
export function setCss(node, rules) {
  for (const [name, value] of Object.entries(rules)) {
    if (value !== null && value !== undefined) node.style.setProperty(name, value);
  }
}

/**
 * Makes `parent` hold exactly `items` ({key, print, draw}), in order. A child whose print is unchanged stays the same
 * element, so that scroll, focus and opened rows survive; a changed one is drawn again and keeps focus and openings.
 */
export function keepList(parent, items) {
  const wanted = new Set(items.map((item) => item.key));
  [...parent.children].filter((child) => !wanted.has(child.dataset.key)).forEach((gone) => gone.remove());
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let previous = null;
  for (const item of items) {
    const node = keepItem(old.get(item.key), item);
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (node !== place) parent.insertBefore(node, place);
    previous = node;
  }
}

const prints = new WeakMap();

function keepItem(old, item) {
  if (old && prints.get(old) === item.print) return old;
  const fresh = item.draw();
  fresh.dataset.key = item.key;
  prints.set(fresh, item.print);
  if (old) replaceKeeping(old, fresh);
  return fresh;
}

/** Swaps `old` for `fresh` in place, and carries over what the reader had opened and focused. */
export function replaceKeeping(old, fresh) {
  const opened = [...old.querySelectorAll("details[open][data-open]")].map((node) => node.dataset.open);
  const label = old.contains(document.activeElement) ? document.activeElement.textContent : null;
  old.replaceWith(fresh);
  for (const draft of old.querySelectorAll("[data-draft]")) keepDraft(draft, fresh);
  for (const node of fresh.querySelectorAll("details[data-open]")) node.open = opened.includes(node.dataset.open);
  if (label === null) return;
  const same = [...fresh.querySelectorAll("button, summary, a, [role=button]")].find((n) => n.textContent === label);
  if (!same) fresh.setAttribute("tabindex", "-1");
  (same ?? fresh).focus({ preventScroll: true });
}

function keepDraft(draft, fresh) {
  const field = fresh.querySelector(`[data-draft="${CSS.escape(draft.dataset.draft)}"]`);
  if (!field) return;
  field.value = draft.value;
  if (draft === document.activeElement) queueMicrotask(() => field.focus({ preventScroll: true }));
}

/** Runs `work` once per press: the button shows at once that it was taken and can't be pressed again until done. */
export async function takeOnce(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.classList.add("is-taken");
  const seen = new Promise((done) => setTimeout(done, 250));
  try {
    await work();
    await seen;
  } finally {
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-taken");
  }
}

/** A small menu behind a button; closes on Escape, on a choice and on a press elsewhere. */
export function popup(label, symbol, testid, choices) {
  const menu = el("details", { class: "popup", data: { testid } });
  const close = () => { menu.open = false; };
  const items = choices.map(({ name, run, id }) => el("button", {
    type: "button", data: { testid: id }, on: { click: () => { close(); run(); } },
  }, name));
  menu.append(el("summary", { "aria-label": label, title: label }, symbol), el("div", { class: "popup-list" }, items));
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); menu.querySelector("summary").focus(); }
  });
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) close(); }, { once: true });
  });
  return menu;
}
