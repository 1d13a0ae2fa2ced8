// Which person and app each phone shows: one-tap combinations, remembered in the address.
import { accountOf, platforms } from "./phone.js";

export const presets = [["line", "slack"], ["slack", "line"], ["line", "line"], ["slack", "slack"]];
const wantedRole = { left: "staff", right: "supervisor" };

/** Keeps the person if the app allows it, else takes the first fitting one; `others` are not taken twice if avoidable. */
export function choosePerson(people, side, platform, current, taken) {
  const able = people.filter((one) => accountOf(one, platform));
  const kept = able.find((one) => one.id === current);
  const free = able.filter((one) => one.id !== taken);
  return (kept ?? free.find((one) => one.role === wantedRole[side]) ?? free[0] ?? able[0])?.id ?? current ?? null;
}

/** {left: {person, platform}, right: …} from the part of the address after #. */
export function readChoices() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const read = (side, fallback) => {
    const [platform, person] = (asked.get(side) ?? "").split(":");
    return { platform: platform in platforms ? platform : fallback, person: person || null };
  };
  return { left: read("left", "line"), right: read("right", "slack") };
}

export function rememberChoices({ left, right }) {
  const words = new URLSearchParams({ left: `${left.platform}:${left.person}`, right: `${right.platform}:${right.person}` });
  history.replaceState(null, "", `#${words.toString().replaceAll("%3A", ":")}`);
}
