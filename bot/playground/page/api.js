// Speaks with the playground's control address; every answer is a value, also when nobody answers.

const root = new URL("../", import.meta.url);

export async function fetchState(narrow = {}) {
  return getJson(`control/state?${new URLSearchParams(narrow)}`);
}

export async function fetchWire(since) {
  const got = await getJson(`control/wire?${new URLSearchParams({ since })}`);
  return Array.isArray(got) ? got : (got?.wire ?? got?.exchanges ?? []);
}

export const line = (user, what, body = {}) => postJson(`control/line/${encodeURIComponent(user)}/${what}`, body);
export const slack = (user, what, body = {}) => postJson(`control/slack/${encodeURIComponent(user)}/${what}`, body);
export const menuPicture = (id) => new URL(`control/line/richmenu/${encodeURIComponent(id)}/image`, root).href;
export const advanceClock = (seconds) => postJson("control/clock", { advance_s: seconds });

/** Calls onChange({kind, key}) for each change and onOpen after each (re)connection: what was missed is fetched whole. */
export function listen(onChange, onOpen, onLost) {
  const source = new EventSource(new URL("control/events", root));
  source.addEventListener("change", (event) => [JSON.parse(event.data)].flat().forEach(onChange));
  source.addEventListener("open", onOpen);
  source.addEventListener("error", onLost);
}

async function getJson(path) {
  const answer = await fetch(new URL(path, root), { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** {ok, status, ms, …}; ok false and status 0 when the playground itself can't be reached. */
async function postJson(path, body) {
  try {
    const answer = await fetch(new URL(path, root), {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    const said = await answer.json().catch(() => ({}));
    return answer.ok ? { ok: true, ...said } : { status: answer.status, ...said, ok: false };
  } catch {
    return { ok: false, status: 0 };
  }
}
