// One of the two phones: who holds it, which app is open, and what went wrong with the last press.
import { el, keepList } from "./dom.js";
import { makeLineScreen } from "./line_screen.js";
import { makeSlackScreen } from "./slack_screen.js";
import { currentLanguage, t } from "./words.js";

export const platforms = { line: "LINE", slack: "Slack" };
const makers = { line: makeLineScreen, slack: makeSlackScreen };

export const accountOf = (person, platform) => person?.[`${platform}_user_id`] ?? null;

/** `side` is left or right; `choice` {person, platform} is shared with the page; `onChoice` tells it of a change. */
export function makePhone(side, world, choice, onChoice, onFresh) {
  const picker = el("div", { class: "picker" });
  const holder = el("div", { class: "handset" });
  const note = el("p", { class: "phone-note", role: "status", data: { testid: `note-${side}` } });
  const node = el("section", { class: "phone", data: { testid: `phone-${side}` } }, picker, holder, note);
  let screen = null;
  let shownChoice = "";
  let noteTimer = 0;

  const person = () => world.people.find((one) => one.id === choice.person);

  function tell(...words) {
    clearTimeout(noteTimer);
    note.replaceChildren(...words);
    if (words.length) noteTimer = setTimeout(() => note.replaceChildren(), 12000);
  }

  const phone = { world, tell, say: (answer) => tell(...verdict(answer)), offerLink: (link) => tell(...drawLink(link)), onFresh: (n) => onFresh(side, n) };

  function render() {
    node.setAttribute("aria-label", t(`side_${side}`));
    keepList(picker, [{ key: "picker", print: JSON.stringify([currentLanguage(), choice, world.people]), draw: drawPicker }]);
    renderScreen();
  }

  /** Another person, app or language is another screen; otherwise the screen renews itself in place. */
  function renderScreen() {
    const wanted = `${choice.platform} ${choice.person} ${currentLanguage()} ${accountOf(person(), choice.platform)}`;
    if (wanted !== shownChoice) openScreen(wanted);
    screen?.render();
  }

  function openScreen(wanted) {
    shownChoice = wanted;
    const account = accountOf(person(), choice.platform);
    screen = account ? makers[choice.platform](phone, person()) : null;
    holder.dataset.platform = choice.platform;
    holder.replaceChildren(screen ? screen.node : drawNobody());
    tell();
  }

  function drawNobody() {
    const words = world.people.length ? t("noPersonFor", { platform: platforms[choice.platform] }) : t("noPeople");
    return el("p", { class: "nobody" }, world.ready ? words : "");
  }

  function drawPicker() {
    return el("div", { class: "picker-row" }, el("h2", {}, t(`short_${side}`)),
      drawChoice("person", choice.person, world.people.map((one) => [one.id, personWords(one), true])),
      drawChoice("platform", choice.platform, Object.entries(platforms).map(([key, name]) =>
        accountOf(person(), key) ? [key, name, true] : [key, t("noAccount", { name }), false])));
  }

  function drawChoice(what, value, options) {
    const select = el("select", { "aria-label": t(what), data: { testid: `${what}-${side}` } },
      options.map(([key, words, open]) => el("option", { value: key, disabled: !open }, words)));
    select.value = value;
    select.addEventListener("change", () => onChoice(side, { ...choice, [what]: select.value }));
    return el("label", { class: `pick-${what}` }, select);
  }

  return { node, render, tell, shows: (kind, key) => screen?.shows(kind, key) ?? false };
}

const personWords = (one) => [one.name, one.role in { staff: 1, supervisor: 1, admin: 1, viewer: 1 } && t(`role_${one.role}`), one.place].filter(Boolean).join("・");

/** What to tell about a press: nothing when the bot took it. */
function verdict(answer) {
  if (answer.opened?.refused) return [t("troubleBot", { status: answer.opened.refused.error })];
  if (answer.ok && (!answer.status || answer.status < 300)) return [];
  if (!answer.ok && answer.status === 0) return [t("troubleServer")];
  if (!answer.ok && (answer.error ?? answer.message)) return [String(answer.error ?? answer.message)];
  if (answer.status) return [t("troubleBot", { status: answer.status })];
  return [t(answer.trouble === "timeout" ? "troubleSilent" : "troubleAway")];
}

function drawLink(link) {
  if (!/^https?:/i.test(link ?? "")) return [t("phoneLink", { link: link ?? "" })];
  return [el("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, t("openLink", { link }))];
}
