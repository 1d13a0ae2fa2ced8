// Draws LINE Flex messages as LINE draws them: bubble or carousel, blocks, and the box layout.
import { el, setCss } from "./dom.js";
import { color, drawImage, drawText, onTap, pixels, space } from "./flex_parts.js";

/** `tap(action, node)` is called when something with an action is pressed. */
export function drawFlex(contents, tap) {
  if (contents?.type !== "carousel") return drawBubble(contents ?? {}, tap);
  return el("div", { class: "flex-carousel", tabindex: "0", role: "group" },
    (contents.contents ?? []).map((bubble) => drawBubble(bubble, tap)));
}

const blocks = ["header", "hero", "body", "footer"];

function drawBubble(bubble, tap) {
  const drawn = blocks.filter((name) => bubble[name]).map((name) => drawBlock(bubble, name, tap));
  const node = el("div", { class: "flex-bubble", data: { size: bubble.size ?? "mega" }, dir: bubble.direction === "rtl" && "rtl" }, drawn);
  onTap(node, bubble.action, tap);
  return node;
}

function drawBlock(bubble, name, tap) {
  const style = bubble.styles?.[name] ?? {};
  const node = el("div", { class: `flex-block flex-${name}`, css: { "background-color": color(style.backgroundColor) } });
  if (style.separator) node.append(drawSeparator({ color: style.separatorColor }, "vertical"));
  node.append(drawComponent(bubble[name], "vertical", tap));
  return node;
}

function drawComponent(part, parentLayout, tap) {
  switch (part.type) {
    case "box": return drawBox(part, tap);
    case "text": return onTap(drawText(part), part.action, tap);
    case "button": return drawButton(part, tap);
    case "image": case "icon": return onTap(drawImage(part), part.action, tap);
    case "separator": return drawSeparator(part, parentLayout);
    case "video": return drawComponent(part.altContent ?? { type: "filler" }, parentLayout, tap);
    case "filler": case "spacer": return el("div", { class: "flex-filler", "aria-hidden": "true" });
    default: return el("span", { class: "flex-unknown" }, String(part.type));
  }
}

function drawBox(box, tap) {
  const layout = box.layout ?? "vertical";
  const node = el("div", { class: `flex-box flex-${layout}` });
  (box.contents ?? []).forEach((part, index) => {
    const child = drawComponent(part, layout, tap);
    setCss(child, placing(part, box, layout, index));
    node.append(child);
  });
  setCss(node, boxLooks(box));
  return onTap(node, box.action, tap);
}

/** The share of the room and the gap before a child; a child's own margin wins over the box's spacing. */
function placing(part, box, layout, index) {
  const across = layout !== "vertical";
  const gap = index === 0 ? null : space(part.margin ?? box.spacing);
  const stretches = part.type === "filler" || (across && !part.width && !["icon", "separator"].includes(part.type));
  const share = part.flex ?? (stretches ? 1 : 0);
  const still = { none: "flex-start", start: "flex-start", top: "flex-start", center: "center", bottom: "flex-end" };
  const self = across && layout !== "baseline" ? still[part.gravity] : null;
  return {
    flex: share ? (across ? `${share} 1 0` : `${share} 0 auto`) : (across ? "0 0 auto" : "none"),
    [across ? "margin-inline-start" : "margin-block-start"]: gap,
    "align-self": self,
    ...floating(part),
  };
}

function floating(part) {
  const offsets = { top: pixels(part.offsetTop), bottom: pixels(part.offsetBottom) };
  const sides = { "inset-inline-start": pixels(part.offsetStart), "inset-inline-end": pixels(part.offsetEnd) };
  if (part.position === "absolute") return { position: "absolute", ...offsets, ...sides };
  return part.offsetTop || part.offsetStart ? { position: "relative", ...offsets, ...sides } : {};
}

const borders = { none: "0", light: "1px", normal: "1px", medium: "2px", "semi-bold": "3px", bold: "4px" };

function boxLooks(box) {
  const edge = borders[box.borderWidth] ?? pixels(box.borderWidth);
  return {
    "background-color": color(box.backgroundColor),
    "background-image": gradient(box.background),
    "border-radius": space(box.cornerRadius),
    border: edge ? `${edge} solid ${color(box.borderColor) ?? "#c3c8c4"}` : null,
    padding: space(box.paddingAll),
    "padding-top": space(box.paddingTop), "padding-bottom": space(box.paddingBottom),
    "padding-inline-start": space(box.paddingStart), "padding-inline-end": space(box.paddingEnd),
    "justify-content": box.justifyContent, "align-items": box.alignItems,
    width: pixels(box.width), height: pixels(box.height),
    "max-width": pixels(box.maxWidth), "max-height": pixels(box.maxHeight),
  };
}

function gradient(background) {
  if (background?.type !== "linearGradient") return null;
  const stops = [background.startColor, background.centerColor, background.endColor].map(color).filter(Boolean);
  return /^\d+(\.\d+)?deg$/.test(background.angle ?? "") ? `linear-gradient(${background.angle}, ${stops.join(", ")})` : null;
}

function drawButton(part, tap) {
  const style = part.style ?? "link";
  const paint = color(part.color);
  const node = el("button", {
    type: "button", class: `flex-button is-${style} is-${part.height ?? "md"}`,
    css: style === "link" ? { color: paint } : { "background-color": paint },
  }, el("span", {}, part.action?.label ?? ""));
  return onTap(node, part.action, tap);
}

function drawSeparator(part, parentLayout) {
  const turned = parentLayout === "vertical" ? "across" : "down";
  return el("div", { class: `flex-separator is-${turned}`, role: "presentation", css: { "background-color": color(part.color) } });
}
