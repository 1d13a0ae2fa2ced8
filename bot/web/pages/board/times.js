// The server's time as this browser can know it, and times as the organisation's wall clock shows them.
let ahead = 0;
let zone = "Asia/Tokyo";

export function takeServerTime(at, inZone) {
  ahead = Date.parse(at) - Date.now();
  zone = inZone || zone;
}

export const now = () => Date.now() + ahead;

// The server writes times with its organisation's offset, so that the wall's hours and minutes stand in the text.
export const hoursMinutes = (at) => at.slice(11, 16);

export const onTheWall = (time, seconds = false) =>
  new Intl.DateTimeFormat("ja-JP", {
    timeZone: zone, hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}),
  }).format(time);

export const minutesSince = (at) => Math.max(0, Math.floor((now() - Date.parse(at)) / 60000));
export const minutesUntil = (at) => Math.ceil((Date.parse(at) - now()) / 60000);
