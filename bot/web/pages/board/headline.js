// The one sentence that says how a call stands, how urgent it is on the board, and where it stands among the others.
import { hoursMinutes, minutesUntil } from "./times.js";
import { words } from "./words.js";

const names = (people) => people.map((person) => person.name).join(words.comma);
const those = (help, ...reaches) => help.people.filter((person) => reaches.includes(person.reach));

export function headline(incident) {
  const help = incident.help;
  if (!help) return words.not_called;
  switch (help.state) {
    case "calling": return calling(help);
    case "coming": return coming(help);
    case "arrived": {
      const there = those(help, "arrived");
      return there.length ? words.arrived(names(there)) : words.arrived_unnamed;
    }
    case "cancelled": return words.cancelled(help.ended ? hoursMinutes(help.ended) : "");
    default: return help.words;
  }
}

function calling(help) {
  const waiting = those(help, "paged", "seen");
  if (!help.people.length) return words.calling_nobody;
  if (!waiting.length) return those(help, "declined").length ? words.all_declined : words.calling_nobody;
  const seen = those(help, "seen");
  return seen.length ? words.seen(names(seen)) : words.calling;
}

function coming(help) {
  const onTheWay = those(help, "coming");
  const dues = onTheWay.filter((person) => person.due).map((person) => minutesUntil(person.due));
  if (!dues.length) return words.coming_open(names(onTheWay));
  const first = Math.min(...dues);
  return first > 0 ? words.coming(names(onTheWay), first) : words.coming_late(names(onTheWay));
}

const isAnswered = (incident) => ["arrived", "cancelled", "closed"].includes(incident.help?.state);

// A live danger: nobody is there yet, and no all-clear has come.
export const isDanger = (incident) =>
  (incident.kind === "danger" || incident.level === "red") && !isAnswered(incident);

export function isWaiting(incident) {
  return incident.help?.state === "calling" || (incident.help?.state === "coming" && isLate(incident));
}

function isLate(incident) {
  const dues = those(incident.help, "coming").filter((person) => person.due);
  return dues.length > 0 && dues.every((person) => minutesUntil(person.due) <= 0);
}

export function alone(incident) {
  if (incident.help?.state === "arrived") return words.joined;
  return words[`alone_${incident.alone}`] || words.alone_unknown;
}

function rank(incident) {
  if (isDanger(incident)) return isWaiting(incident) ? 0 : 1;
  if (isWaiting(incident)) return 2;
  if (incident.help?.state === "coming") return 3;
  return incident.help ? 4 : 5;
}

export const byUrgency = (a, b) => rank(a) - rank(b) || a.opened.localeCompare(b.opened);
