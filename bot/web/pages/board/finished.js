// What ended today: one line each, folded; its timeline is fetched when somebody unfolds it.
import { placeOf, timelineList } from "./cards.js";
import { byId, make } from "./dom.js";
import { hoursMinutes } from "./times.js";
import { words } from "./words.js";

export function showFinished(list, address) {
  byId("finished").hidden = !list.length;
  byId("finished-none").hidden = list.length > 0;
  byId("finished-none").textContent = words.finished_none;
  byId("finished-title").textContent = words.finished(list.length);
  const rows = byId("finished-rows");
  const known = new Map([...rows.children].map((row) => [row.dataset.id, row]));
  rows.replaceChildren(...list.map((incident) => known.get(incident.id) || row(incident, address)));
}

function row(incident, address) {
  const parts = [
    `${hoursMinutes(incident.opened)}–${hoursMinutes(incident.closed)}`,
    `${incident.drill ? words.drill : ""}${placeOf(incident)} ${words.person(incident.caller)}`,
    incident.kind_words, words.took(incident.minutes), incident.level_words,
    incident.there.length ? words.came(incident.there.join(words.comma)) : "",
  ].filter(Boolean);
  const details = make("details", {}, make("summary", {}, ...parts.map((part) => make("span", {}, part))));
  details.addEventListener("toggle", () => details.open && unfold(details, incident, address));
  return make("li", { "data-id": incident.id }, details);
}

async function unfold(details, incident, address) {
  if (details.querySelector("ol")) return;
  details.querySelector("p")?.remove();
  try {
    const answer = await fetch(address(`timeline/${encodeURIComponent(incident.id)}.json`), { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    details.append(timelineList((await answer.json()).timeline));
  } catch {
    details.append(make("p", {}, words.timeline_missing));
  }
}
