// Puts the page together: two phones, clock, wire, language, and what changes when the playground says so.
import { listen } from "./api.js";
import { makeClock } from "./clock.js";
import { el, keepList } from "./dom.js";
import { accountOf, Phone, platforms } from "./phone.js";
import { choosePerson, presets, readChoices, rememberChoices } from "./presets.js";
import { drawCount } from "./badge.js";
import { makeWire } from "./wire.js";
import { currentLanguage, fillPageWords, setLanguage, t } from "./words.js";
import { directMessages, makeFetcher, makeWorld } from "./world.js";

const at = (id) => document.getElementById(id);
const sides = ["left", "right"];
const world = makeWorld();
const choices = readChoices();
const waiting = { left: 0, right: 0 };
const clock = makeClock(at("clock"), world);
const wire = makeWire(at("wire"));
const phones = Object.fromEntries(sides.map((side) =>
  [side, new Phone(side, world, choices[side], choose, noteFresh)]));
const fetcher = makeFetcher(world, (kind, key) => sides.some((side) => phones[side].shows(kind, key)), render, () => tellTrouble(true));
let front = "left";

function render() {
  tellTrouble(false);
  settleChoices();
  at("try-first").textContent = hint();
  renderPresets();
  renderSides();
  clock.render();
  wire.render();
  sides.forEach((side) => phones[side].render());
}

/** What to try first; once the left phone has spoken, what to try next. */
function hint() {
  const { person, platform } = choices.left;
  const account = accountOf(world.people.find((one) => one.id === person), platform);
  const talk = platform === "line" ? world.line[account] : directMessages(world, account)?.[1];
  return talk?.messages?.length ? t("tryThen") : t(`tryFirst_${platform}`);
}

/** People come with the first answer, and may change: a choice that fits nobody moves to someone it fits. */
function settleChoices() {
  if (!world.people.length) return;
  for (const side of sides) {
    const taken = choices[side === "left" ? "right" : "left"].person;
    choices[side].person = choosePerson(world.people, side, choices[side].platform, choices[side].person, taken);
  }
}

function choose(side, next) {
  Object.assign(choices[side], next);
  settleChoices();
  rememberChoices(choices);
  fetcher.wantAll();
  render();
}

function renderPresets() {
  const now = presets.findIndex(([left, right]) => left === choices.left.platform && right === choices.right.platform);
  keepList(at("presets"), [{ key: "presets", print: `${currentLanguage()} ${now}`, draw: () => drawPresets(now) }]);
}

const drawPresets = (now) => el("div", { class: "preset-row", role: "group", "aria-label": `${t("presets")}: ${t("presetsHint")}` },
  el("span", { class: "preset-hint" }, t("presetsHint")),
  presets.map(([left, right], index) => el("button", {
    type: "button", class: "plain", "aria-pressed": String(index === now), data: { testid: `preset-${left}-${right}` },
    on: { click: () => { choices.left.platform = left; choose("right", { platform: right }); } },
  }, `${platforms[left]}→${platforms[right]}`)));

/** On a narrow screen one phone is in front; the other's button counts what came meanwhile. */
function renderSides() {
  const print = JSON.stringify([currentLanguage(), front, waiting]);
  keepList(at("sides"), [{ key: "sides", print, draw: drawSides }]);
  at("phones").dataset.front = front;
}

const drawSides = () => el("div", { class: "side-row", role: "group", "aria-label": t("short_left") + " / " + t("short_right") }, sides.map((side) => el("button", {
  type: "button", "aria-pressed": String(side === front), data: { testid: `side-${side}` }, on: { click: () => bringForward(side) },
}, t(`short_${side}`), drawCount(waiting[side]))));

function bringForward(side) {
  front = side;
  waiting[side] = 0;
  renderSides();
}

function noteFresh(side, n) {
  if (side === front) return;
  waiting[side] += n;
  renderSides();
}

function tellTrouble(on) {
  at("trouble").hidden = !on;
  at("trouble").textContent = on ? t("troubleServer") : "";
}

function start() {
  sides.forEach((side) => at(side).append(phones[side].node));
  document.querySelectorAll("[data-language]").forEach((button) =>
    button.addEventListener("click", () => { setLanguage(button.dataset.language); render(); }));
  fillPageWords();
  render();
  listen((change) => (change.kind === "wire" ? wire.refresh() : fetcher.want(change)),
    () => { fetcher.wantAll(); wire.readAgain(); }, () => tellTrouble(true));
}

start();
