// Holds the last known state of clock, people and chats, and fetches only what changed and is shown.
import { fetchState } from "./api.js";

export function makeWorld() {
  return { clock: null, clockReadAt: 0, people: [], channels: [], line: {}, slack: { conversations: {}, homes: {}, modals: {} }, ready: false };
}

/** Narrowed answers carry only a part; what they don't name stays as it was. */
export function mergeState(world, got) {
  if (got.clock) Object.assign(world, { clock: got.clock, clockReadAt: performance.now() });
  if (got.people?.length) world.people = got.people;
  if (got.channels?.length) world.channels = got.channels;
  Object.assign(world.line, got.line);
  Object.assign(world.slack.conversations, got.slack?.conversations);
  Object.assign(world.slack.homes, got.slack?.homes);
  Object.assign(world.slack.modals, got.slack?.modals);
  world.ready = true;
}

/** Playground time in milliseconds, running on between two answers of the server. */
export function nowMs(world) {
  if (!world.clock) return Date.now();
  return Date.parse(world.clock.now) + (performance.now() - world.clockReadAt);
}

export const directMessages = (world, user) =>
  Object.entries(world.slack.conversations).find(([, talk]) => talk.kind === "im" && talk.user === user);

/**
 * Gathers changes for a moment, then fetches them one after another, so that an older answer never overwrites a newer.
 * `isShown(kind, key)` says whether anybody looks at it; the rest is fetched when it comes into view.
 */
export function makeFetcher(world, isShown, onFresh, onTrouble) {
  const wanted = new Set();
  let running = false;

  function want(change) {
    if (!["line", "slack"].includes(change.kind)) wanted.add("all");
    else if (isShown(change.kind, change.key)) wanted.add(`${change.kind}=${change.key}`);
    if (wanted.size && !running) run();
  }

  async function run() {
    running = true;
    await new Promise((done) => setTimeout(done, 15));
    try {
      while (wanted.size) await fetchBatch(takeBatch());
    } finally {
      running = false;
    }
  }

  function takeBatch() {
    const batch = wanted.has("all") || wanted.size > 3 ? [""] : [...wanted];
    wanted.clear();
    return batch;
  }

  async function fetchBatch(batch) {
    const answers = await Promise.all(batch.map((narrow) => fetchState(narrow))).catch(() => null);
    if (!answers) return onTrouble();
    answers.forEach((got) => mergeState(world, got));
    onFresh();
  }

  return { want, wantAll: () => want({ kind: "all" }) };
}
