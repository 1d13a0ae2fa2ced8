// Draws the LINE rich menu: the bot's own picture with its pressable areas, or plain words where it gave none.
import { menuPicture } from "./api.js";
import { el } from "./dom.js";
import { t } from "./words.js";

/** `tap(index, node)` is called with the number of the area. */
export function drawRichMenu(menu, tap) {
  const size = menu.size ?? { width: 2500, height: 843 };
  const areas = (menu.areas ?? []).map((area, index) => drawArea(area, index, size, tap));
  const node = el("div", {
    class: "rich-areas", role: "group", "aria-label": menu.chatBarText ?? t("menu"),
    css: { "aspect-ratio": `${size.width} / ${Math.min(size.height, size.width * 0.42)}` },
  }, areas);
  if (menu.richMenuId) node.prepend(drawPicture(menu.richMenuId, node));
  return node;
}

/** The words give way to the picture only once it is really there. */
function drawPicture(id, node) {
  return el("img", { class: "rich-picture", src: menuPicture(id), alt: "", on: { load: () => node.classList.add("has-picture") } });
}

function drawArea(area, index, size, tap) {
  const { x, y, width, height } = area.bounds ?? { x: 0, y: 0, ...size };
  const action = area.action ?? {};
  const node = el("button", {
    type: "button", class: "rich-area", data: { testid: "menu-area", action: action.data ?? action.text ?? action.uri ?? "" },
    css: {
      left: percent(x, size.width), top: percent(y, size.height),
      width: percent(width, size.width), height: percent(height, size.height),
    },
  }, el("span", {}, action.displayText ?? action.label ?? action.text ?? `${index + 1}`));
  node.addEventListener("click", () => tap(index, node));
  return node;
}

const percent = (part, whole) => `${(100 * part) / whole}%`;
