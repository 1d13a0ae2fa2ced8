// The leaves of a Flex message (text, image) and its measures, kept to what LINE documents.
import { el, setCss } from "./dom.js";

const spaces = { none: "0", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const fontSizes = { xxs: "11px", xs: "13px", sm: "14px", md: "16px", lg: "19px", xl: "22px", xxl: "29px", "3xl": "35px", "4xl": "48px", "5xl": "74px" };
const imageSizes = { xxs: "40px", xs: "60px", sm: "80px", md: "100px", lg: "120px", xl: "140px", xxl: "160px", "3xl": "180px", "4xl": "200px", "5xl": "220px", full: "100%" };

/** Anything that is not a documented colour or length is dropped: a message must not style the page around it. */
export const color = (value) => (/^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(value ?? "") ? value : null);
export const pixels = (value) => (/^\d+(\.\d+)?(px|%)$/.test(value ?? "") ? value : null);
export const space = (value) => spaces[value] ?? pixels(value);

/** Makes a drawn part answer to press, Enter and Space; a box is not a button by itself. */
export function onTap(node, action, tap) {
  if (!action) return node;
  node.dataset.action = action.data ?? action.text ?? action.uri ?? action.clipboardText ?? action.type;
  if (node.tagName !== "BUTTON") makePressable(node, action.label);
  node.addEventListener("click", (event) => { event.stopPropagation(); tap(action, node); });
  return node;
}

function makePressable(node, label) {
  node.classList.add("flex-pressable");
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("keydown", (event) => {
    if (event.target !== node || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    node.click();
  });
}

export function drawText(part) {
  const spans = part.contents?.length ? part.contents.map(drawSpan) : part.text ?? "";
  const node = el("div", { class: `flex-text${part.wrap ? " is-wrapped" : ""}` }, el("span", {}, spans));
  setCss(node, { ...letterLooks(part), "text-align": part.align, "padding-block": linePadding(part) });
  if (part.wrap && part.maxLines) {
    node.classList.add("is-clamped");
    setCss(node, { "-webkit-line-clamp": String(part.maxLines) });
  }
  return node;
}

function linePadding(part) {
  const extra = pixels(part.lineSpacing);
  return extra ? `calc(${extra} / 2)` : null;
}

const drawSpan = (part) => el("span", { css: letterLooks(part) }, part.text ?? "");

function letterLooks(part) {
  return {
    "font-size": fontSizes[part.size] ?? pixels(part.size),
    "font-weight": part.weight === "bold" ? "700" : null,
    "font-style": part.style === "italic" ? "italic" : null,
    "text-decoration": { underline: "underline", "line-through": "line-through" }[part.decoration],
    color: color(part.color),
  };
}

export function drawImage(part) {
  const icon = part.type === "icon";
  const width = icon ? fontSizes[part.size ?? "md"] : imageSizes[part.size ?? "md"] ?? pixels(part.size);
  const [w, h] = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(part.aspectRatio ?? "")?.slice(1) ?? [1, 1];
  return el("img", {
    class: icon ? "flex-icon" : "flex-image", src: safeAddress(part.url), alt: part.action?.label ?? "", loading: "lazy",
    css: {
      width, "aspect-ratio": `${w} / ${h}`, "object-fit": part.aspectMode === "cover" ? "cover" : "contain",
      "background-color": color(part.backgroundColor),
      "margin-inline": { start: "0 auto", end: "auto 0" }[part.align] ?? (icon ? null : "auto"),
    },
  });
}

/** Only addresses that a picture or a link may have; a script address becomes nothing. */
export function safeAddress(value) {
  return /^(https?:|data:image\/|\/)/i.test(value ?? "") ? value : null;
}
