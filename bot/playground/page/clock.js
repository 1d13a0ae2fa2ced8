// The clock between the phones: the time in Japan, and buttons that move it forward.
import { advanceClock } from "./api.js";
import { el, keepList, takeOnce } from "./dom.js";
import { dayName, duration, hourMinuteSecond } from "./times.js";
import { currentLanguage, t } from "./words.js";
import { nowMs } from "./world.js";

const steps = [30, 60, 300, 1800];

export function makeClock(parent, world) {
  const day = el("span", { class: "clock-day" });
  const time = el("time", { class: "clock-time", data: { testid: "clock-time" } });
  const ahead = el("span", { class: "clock-ahead", data: { testid: "clock-ahead" } });
  const buttons = el("div", { class: "clock-buttons" });
  const said = el("span", { class: "only-read", role: "status" });
  parent.dataset.testid = "clock";
  parent.append(el("p", { class: "clock-face" }, day, time, ahead), buttons, said);
  setInterval(tick, 1000);

  function tick() {
    const now = nowMs(world);
    day.textContent = dayName(now);
    time.textContent = hourMinuteSecond(now);
    time.dateTime = new Date(now).toISOString();
  }

  function render() {
    tick();
    time.setAttribute("aria-label", t("clockNow"));
    const seconds = world.clock?.ahead_s ?? 0;
    ahead.textContent = Math.abs(seconds) < 1 ? t("onTime") : t("ahead", { time: duration(seconds) });
    ahead.classList.toggle("is-ahead", Math.abs(seconds) >= 1);
    keepList(buttons, [{ key: "buttons", print: currentLanguage(), draw: drawButtons }]);
  }

  const drawButtons = () => el("div", { class: "clock-row" }, el("p", { class: "clock-why" }, t("clockWhy")), steps.map((seconds) => el("button", {
    type: "button", class: "plain", "aria-label": t("forwardLabel", { time: duration(seconds) }),
    data: { testid: `clock-forward-${seconds}` }, on: { click: (event) => push(event.currentTarget, seconds) },
  }, t("forward", { time: duration(seconds) }))));

  const push = (button, seconds) => takeOnce(button, async () => {
    const answer = await advanceClock(seconds);
    said.textContent = answer.ok ? t("forwarded", { time: duration(seconds) }) : t("troubleServer");
  });

  return { render };
}
