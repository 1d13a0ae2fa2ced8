// The page: takes what the line brings, draws it, keeps the minutes running, and says aloud what has changed.
import { placeOf, showCards } from "./cards.js";
import { byId } from "./dom.js";
import { showFinished } from "./finished.js";
import { headline } from "./headline.js";
import { follow } from "./line.js";
import { now, onTheWall, takeServerTime } from "./times.js";
import { language, words } from "./words.js";

const asked = new URLSearchParams(location.search);
const isWall = asked.get("wall") === "1";
const address = (name) => `/admin/board/${name}?lang=${language}`;
let board = null;
let told = new Map();
let state = "";
let page = "";

function dress() {
  document.documentElement.lang = language;
  document.documentElement.classList.toggle("wall", isWall);
  byId("title").textContent = words.title;
  byId("skip").textContent = words.skip;
  byId("line").textContent = words.connecting;
  byId("none").replaceChildren(...[words.none, words.none_hint].map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  }));
  link("wall-link", isWall ? words.wall_off : words.wall_on, { wall: isWall ? null : "1" });
  link("language-link", words.other_language, { lang: words.other_code });
  byId("language-link").lang = words.other_code;
}

function link(id, text, change) {
  const query = new URLSearchParams(asked);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) query.delete(name); else query.set(name, value);
  }
  byId(id).textContent = text;
  byId(id).href = `?${query}`;
}

function take(document_) {
  // The server is another one than this page came from: its words and its data may be others, too.
  if (page && page !== document_.page) return location.reload();
  page = document_.page;
  takeServerTime(document_.at, document_.zone);
  if (document_.open) {
    board = document_;
    byId("site").textContent = board.site ? words.only_site(board.site) : "";
    speak(board.open);
    showFinished(board.finished, address);
    byId("unread").hidden = !board.unread.length;
    byId("unread").textContent = board.unread.length ? words.unread(board.unread.join(words.comma)) : "";
  }
  draw();
}

function draw() {
  byId("clock").textContent = onTheWall(now());
  if (!board) return;
  const real = board.open.filter((incident) => !incident.drill);
  const drills = board.open.filter((incident) => incident.drill);
  document.title = (real.length ? `(${real.length}) ` : "") + words.title;
  byId("open-title").textContent = words.open(real.length);
  byId("none").hidden = real.length > 0;
  byId("drills").hidden = drills.length === 0;
  byId("drills-title").textContent = words.drills(drills.length);
  document.body.classList.toggle("one-site", new Set(board.open.map((incident) => incident.site)).size < 2);
  document.body.dataset.size = board.open.length > 6 ? "many" : board.open.length > 3 ? "some" : "few";
  showCards(byId("open"), real);
  showCards(byId("drill-cards"), drills);
}

// For those who listen: a new call, a new state of one, the end of one. Not the first picture, and not the minutes.
function speak(open) {
  const isFirst = told.size === 0 && !state;
  const next = new Map(open.map((incident) => [incident.id, { place: placeOf(incident), state: signature(incident) }]));
  const said = [];
  for (const incident of open) {
    const before = told.get(incident.id);
    const place = (incident.drill ? words.drill : "") + placeOf(incident);
    if (!before) said.push(words.fresh(incident.kind_words, place, words.person(incident.caller)));
    else if (before.state !== signature(incident)) said.push(words.told(place, headline(incident)));
  }
  for (const [id, before] of told) if (!next.has(id)) said.push(words.gone(before.place));
  told = next;
  if (!isFirst && said.length) byId("said").textContent = said.join("。");
}

const signature = (incident) =>
  `${incident.help?.state} ${incident.help?.people.filter((p) => ["coming", "arrived"].includes(p.reach)).map((p) => p.name)}`;

function tell(next, fresh) {
  const time = fresh ? onTheWall(Date.parse(fresh), true) : "";
  const isWell = next === "live" || next === "polled";
  const trouble = {
    lost: fresh ? words.lost(onTheWall(Date.parse(fresh))) : words.never,
    away: fresh ? words.away(onTheWall(Date.parse(fresh))) : words.away_never,
    expired: words.expired,
    broken: words.broken,
  }[next] || "";
  byId("line").textContent = isWell ? words[next](time) : "";
  byId("trouble").textContent = trouble;
  byId("trouble").hidden = isWell;
  document.body.classList.toggle("is-old", !isWell);
  if (state && trouble && next !== state) byId("said").textContent = trouble;
  if (isWell && ["lost", "away", "broken"].includes(state)) byId("said").textContent = words.back;
  state = next;
}

// A screen on the wall must not fall asleep; where the browser can't promise it, the machine's own settings have to.
async function stayAwake() {
  try { await navigator.wakeLock?.request("screen"); } catch { /* refused: low battery, or hidden */ }
}

dress();
follow(address, take, tell);
setInterval(draw, 1000);
if (isWall) {
  stayAwake();
  document.addEventListener("visibilitychange", () => document.hidden || stayAwake());
}
