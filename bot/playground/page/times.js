// Writes times as people in Japan read them, in the page's language.
import { currentLanguage, t } from "./words.js";

const zone = "Asia/Tokyo";
const locale = () => (currentLanguage() === "ja" ? "ja-JP" : "en-GB");
const made = new Map();

function format(ms, name, options) {
  const key = `${locale()} ${name}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }));
  return made.get(key).format(ms);
}

export const hourMinute = (ms) => format(ms, "hm", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const hourMinuteSecond = (ms) =>
  format(ms, "hms", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const dayName = (ms) => format(ms, "day", { month: "long", day: "numeric", weekday: "short" });

/** 「1時間5分」: at most two units, the rest is not read by anybody. */
export function duration(seconds) {
  const whole = Math.round(seconds);
  const units = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]];
  let rest = whole;
  const parts = [];
  for (const [name, size] of units) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n && parts.length < 2) parts.push(t(name, { n }));
  }
  return parts.join(currentLanguage() === "ja" ? "" : " ");
}

/** Milliseconds of an RFC 3339 time or of a Slack ts. */
export function readTime(value) {
  const text = String(value ?? "");
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
