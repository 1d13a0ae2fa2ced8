// The line to the server: a stream of updates; where that fails, a look every five seconds; and the truth about it.
const POLL = 5000;
const PATIENCE = 12000; // more than two of the stream's beats

// `take(document)` is given what came; `tell(state, lastFresh)` one of live, polled, lost, away, broken, expired.
export function follow(address, take, tell) {
  let heard = 0;
  let fresh = null;
  let state = "";
  let stream = null;
  let isOver = false;

  function say(next) {
    state = isOver ? "expired" : next;
    tell(state, fresh);
  }

  function accept(document, next) {
    heard = Date.now();
    try {
      take(document);
    } catch (error) { // what stands on the screen is old now, and must not be called connected
      console.error(error);
      return say("broken");
    }
    if (document.is_fresh) fresh = document.at;
    say(document.is_fresh ? next : "away");
  }

  function open() {
    if (isOver) return;
    stream?.close();
    stream = new EventSource(address("events"));
    for (const kind of ["board", "beat"]) {
      stream.addEventListener(kind, (event) => accept(JSON.parse(event.data), "live"));
    }
  }

  async function look() {
    try {
      const answer = await fetch(address("state.json"), { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (answer.status === 403) {
        isOver = true;
        stream?.close();
        return say("expired");
      }
      if (answer.status !== 200 && answer.status !== 503) throw new Error(String(answer.status));
      accept(await answer.json(), "polled");
    } catch {
      if (stream.readyState !== EventSource.OPEN || Date.now() - heard > PATIENCE) say("lost");
    }
  }

  // A stream that has been silent for too long is dead, whatever the browser thinks of it.
  setInterval(() => {
    if (isOver) return;
    const isQuiet = Date.now() - heard > PATIENCE;
    if (stream.readyState === EventSource.CLOSED || isQuiet) open();
    if (stream.readyState !== EventSource.OPEN || isQuiet || state === "polled") look();
  }, POLL);

  document.addEventListener("visibilitychange", () => document.hidden || look());
  addEventListener("online", open);
  open();
  setTimeout(() => heard || look(), 1500);
}
