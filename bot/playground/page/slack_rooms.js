// What one person sees in Slack's rooms: which rooms there are, their messages with threads, and names for mentions.
import { readTime } from "./times.js";
import { t } from "./words.js";
import { directMessages } from "./world.js";

/** The rooms in the order of the tabs: direct messages, home, channels. */
export function roomsOf(world, user) {
  const talks = world.slack.conversations;
  const channels = new Set([...world.channels.map((one) => one.id), ...Object.keys(talks).filter((id) => talks[id].kind === "channel")]);
  return [
    { key: "im", name: t("account"), channel: directMessages(world, user)?.[0] ?? null },
    { key: "home", name: t("home"), channel: null },
    ...[...channels].map((id) => ({ key: id, name: channelName(world, id), channel: id })),
  ];
}

/** How mentions read: people by their names, everyone unknown is the app. */
export function namesIn(world) {
  return {
    user: (id) => world.people.find((one) => one.slack_user_id === id)?.name ?? t("account"),
    channel: (id) => channelName(world, id),
  };
}

/** `draw(message, replies)` draws one; deleted ones and those for other eyes are left out, replies go with their parent. */
export function entriesOf(world, channel, user, draw) {
  const messages = (world.slack.conversations[channel]?.messages ?? [])
    .filter((one) => !one.deleted && (!one.ephemeral_to || one.ephemeral_to === user))
    .map((one) => ({ ...one, channel }));
  const known = new Set(messages.map((one) => one.ts));
  const parent = (one) => (one.thread_ts && one.thread_ts !== one.ts && known.has(one.thread_ts) ? one.thread_ts : null);
  return messages.filter((one) => !parent(one)).map((one) => entryOf(one, messages.filter((other) => parent(other) === one.ts), user, draw));
}

const entryOf = (source, replies, user, draw) => ({
  key: source.ts, at: readTime(source.ts), print: JSON.stringify([source, replies]), theirs: source.user !== user, source,
  draw: () => draw(source, replies),
});

function channelName(world, id) {
  const name = world.channels.find((one) => one.id === id)?.name ?? world.slack.conversations[id]?.name ?? id;
  return name.startsWith("#") ? name : `#${name}`;
}
