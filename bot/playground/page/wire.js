// The list of what platform and bot said to each other; content is drawn only when a row is opened.
import { fetchWire } from "./api.js";
import { el, keepList } from "./dom.js";
import { platforms } from "./phone.js";
import { hourMinuteSecond, readTime } from "./times.js";
import { currentLanguage, t } from "./words.js";

const longest = 150;

export function makeWire(parent) {
  const rows = [];
  const list = el("div", { class: "wire-rows", tabindex: "0", data: { testid: "wire-rows" } });
  const head = el("div", { class: "wire-head" });
  parent.append(head, list);
  let last = 0;
  let running = Promise.resolve();

  /** One after another, so that no exchange is added twice. */
  const refresh = () => { running = running.then(fetchNew, fetchNew); };

  /** After a lost connection the other side may be a new process that counts from one again. */
  const readAgain = () => {
    running = running.then(() => { last = 0; rows.length = 0; });
    refresh();
  };

  async function fetchNew() {
    const got = (await fetchWire(last).catch(() => [])).filter((one) => one.n > last);
    if (!got.length) return;
    last = Math.max(...got.map((one) => one.n));
    rows.unshift(...got.reverse());
    rows.length = Math.min(rows.length, longest);
    render();
  }

  function render() {
    const language = currentLanguage();
    parent.setAttribute("aria-label", t("wire"));
    list.setAttribute("aria-label", t("wire"));
    list.setAttribute("role", "group");
    keepList(head, [{ key: "head", print: language, draw: () => el("div", {}, el("h2", {}, t("wire")), el("p", {}, t("wireWhy"))) }]);
    const empty = [{ key: "empty", print: language, draw: () => el("p", { class: "wire-empty" }, t("wireEmpty")) }];
    keepList(list, rows.length ? rows.map((row) => ({ key: String(row.n), print: language, draw: () => drawRow(row) })) : empty);
  }

  return { refresh, readAgain, render };
}

function drawRow(row) {
  const failed = !row.status || row.status >= 400;
  const node = el("details", { class: `wire-row is-${row.direction}`, data: { open: `wire ${row.n}`, testid: "wire-row", method: row.method ?? "", direction: row.direction, platform: row.platform } },
    el("summary", {}, el("time", { class: "wire-time" }, hourMinuteSecond(readTime(row.at))),
      el("span", { class: "wire-way" }, t(`wire_${row.direction}`, { platform: platforms[row.platform] ?? row.platform })),
      el("span", { class: "wire-what" }, whatOf(row)),
      el("span", { class: `wire-status${failed ? " is-failed" : ""}` }, row.status ? String(row.status) : t("noStatus")),
      el("span", { class: "wire-ms" }, t("ms", { n: Math.round(row.ms ?? 0) }))));
  node.addEventListener("toggle", () => { if (node.open && !node.querySelector("pre")) node.append(drawContent(row)); });
  return node;
}

const whatOf = ({ method, path }) => [method, path].filter(Boolean).join(" ");

const drawContent = (row) => el("div", { class: "wire-content" }, ["request", "response"].flatMap((what) => [
  el("h3", {}, t(what)), el("pre", { tabindex: "0" }, JSON.stringify(row[what] ?? null, null, 2))]));
