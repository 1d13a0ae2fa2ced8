// Draws open incidents as cards and keeps each card in place: what a person has opened or focused stays so.
import { make } from "./dom.js";
import { alone, byUrgency, headline, isDanger, isWaiting } from "./headline.js";
import { hoursMinutes, minutesSince, minutesUntil } from "./times.js";
import { words } from "./words.js";

export const placeOf = (incident) => incident.place || incident.site || words.unknown_place;

// `list`: the incidents of one section. Cards that say the same as before are left alone.
export function showCards(box, list) {
  const before = new Map([...box.children].map((card) => [card.dataset.id, card]));
  const cards = [...list].sort(byUrgency).map((incident) => keep(before.get(incident.id), incident));
  cards.forEach((card, place) => {
    if (box.children[place] !== card) box.insertBefore(card, box.children[place] || null);
  });
  while (box.children.length > cards.length) box.lastElementChild.remove();
}

const drawn = new WeakMap(); // what each card said when it was drawn last

function keep(old, incident) {
  const card = draw(incident, old);
  drawn.set(card, card.outerHTML);
  if (!old) return card;
  if (drawn.get(old) === drawn.get(card)) return old;
  const wasFocused = old.contains(document.activeElement);
  if (old.querySelector(".headline").textContent !== card.querySelector(".headline").textContent) {
    card.querySelector(".headline").classList.add("is-new");
  }
  drawn.set(old, drawn.get(card));
  old.className = card.className;
  old.replaceChildren(...card.childNodes);
  if (wasFocused) old.querySelector("summary")?.focus();
  return old;
}

function draw(incident, old) {
  const danger = isDanger(incident);
  const state = danger ? "is-danger" : isWaiting(incident) ? "is-waiting" : "is-calm";
  const title = `place-${incident.id}`;
  return make("article", { class: `card ${state}`, "data-id": incident.id, "aria-labelledby": title },
    make("div", { class: "head" },
      make("h3", { id: title },
        incident.drill ? make("span", { class: "drill" }, words.drill) : null, placeOf(incident)),
      make("p", { class: "minutes" }, make("b", {}, String(minutesSince(incident.opened))), words.minutes)),
    who(incident, danger),
    make("p", { class: isWaiting(incident) ? "headline waits" : "headline" }, headline(incident)),
    people(incident),
    facts(incident),
    timeline(incident, old));
}

function who(incident, danger) {
  const kind = danger || incident.kind === "danger" ? "tag urgent" : "tag";
  return make("p", { class: "who" },
    make("span", { class: kind }, incident.kind_words),
    make("span", { class: "caller" }, words.person(incident.caller)),
    make("span", { class: incident.alone === "yes" && incident.help?.state !== "arrived" ? "tag waits" : "tag plain" }, alone(incident)),
    incident.site && incident.place ? make("span", { class: "tag plain where" }, incident.site) : null);
}

function people(incident) {
  if (!incident.help?.people.length) return null;
  const head = make("thead", { class: "only-read" },
    make("tr", {}, ...[words.name, words.state, words.at].map((word) => make("th", { scope: "col" }, word))));
  return make("table", { class: "people" },
    make("caption", { class: "only-read" }, words.called), head,
    make("tbody", {}, ...together(incident.help.people).map(row)));
}

const NAMES = 5; // of thirty who were all called at once nobody reads more

// People of whom the same is true share a row: the last tier may be everybody.
function together(people) {
  const rows = new Map();
  for (const person of people) {
    const text = reach(person) + (person.reach === "paged" && person.tries > 1 ? ` (${words.tries(person.tries)})` : "");
    const key = `${text} ${hoursMinutes(person.at)}`;
    if (!rows.has(key)) rows.set(key, { names: [], reach: person.reach, text, at: person.at });
    rows.get(key).names.push(person.name);
  }
  return [...rows.values()];
}

function row({ names, reach, text, at }) {
  const shown = names.length > NAMES + 1 ? names.slice(0, NAMES) : names;
  const more = names.length - shown.length;
  return make("tr", { class: `reach-${reach}` },
    make("th", { scope: "row" }, shown.join(words.comma) + (more ? words.more(more) : "")),
    make("td", {}, text),
    make("td", { class: "time" }, hoursMinutes(at)));
}

function reach(person) {
  if (person.reach !== "coming" || !person.due) return person.words;
  const left = minutesUntil(person.due);
  return left > 0 ? words.due(left) : words.due_late;
}

function facts(incident) {
  const rows = [[words.acts, incident.acts.join(words.comma) || words.no_acts]];
  if (incident.level_words) rows.push([words.level, incident.level_words]);
  const list = make("dl", { class: "facts" },
    ...rows.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
  if (!incident.counts.length) return list;
  const counted = incident.counts.map((c) => words.counts(c.words, c.count, hoursMinutes(c.at)));
  list.append(make("dd", { class: "counts" }, counted.join(words.comma)));
  return list;
}

const isWall = () => document.documentElement.classList.contains("wall");

function timeline(incident, old) {
  const lines = isWall() ? incident.timeline.slice(-2) : incident.timeline;
  const list = timelineList(lines);
  if (isWall()) return make("div", { class: "timeline" }, list);
  const wasOpen = old?.querySelector("details")?.open ?? false;
  const last = incident.timeline.at(-1);
  return make("details", { class: "timeline", open: wasOpen },
    make("summary", {}, words.timeline,
      last ? make("span", { class: "last" }, `${hoursMinutes(last.at)} ${last.words}`) : null),
    list);
}

export const timelineList = (lines) =>
  make("ol", {}, ...lines.map((line) =>
    make("li", {}, make("time", { datetime: line.at }, hoursMinutes(line.at)), make("span", {}, line.words))));
