// One of the two phones: who holds it, which app is open, and what went wrong with the last press.
import { el, keepList } from "./dom.js";
import { LineScreen } from "./line_screen.js";
import { SlackScreen } from "./slack_screen.js";
import { currentLanguage, t } from "./words.js";

export const platforms = { line: "LINE", slack: "Slack" };
const screens = { line: LineScreen, slack: SlackScreen };
const roles = ["staff", "supervisor", "admin", "viewer"];
const noteStays = 12000;

export const accountOf = (person, platform) => person?.[`${platform}_user_id`] ?? null;

export class Phone {
  #side; #choice; #onChoice; #onFresh;
  #screen = null;
  #shown = "";
  #noteTimer = 0;
  #picker = el("div", { class: "picker" });
  #handset = el("div", { class: "handset" });
  #note;

  /** `side` is left or right; `choice` {person, platform} is the page's own and is read at every render. */
  constructor(side, world, choice, onChoice, onFresh) {
    this.world = world;
    this.#side = side;
    this.#choice = choice;
    this.#onChoice = onChoice;
    this.#onFresh = onFresh;
    this.#note = el("p", { class: "phone-note", role: "status", data: { testid: `note-${side}` } });
    this.node = el("section", { class: "phone", data: { testid: `phone-${side}` } }, this.#picker, this.#handset, this.#note);
  }

  shows(kind, key) {
    return this.#screen?.shows(kind, key) ?? false;
  }

  render() {
    this.node.setAttribute("aria-label", t(`side_${this.#side}`));
    const print = JSON.stringify([currentLanguage(), this.#choice, this.world.people]);
    keepList(this.#picker, [{ key: "picker", print, draw: () => this.#drawPicker() }]);
    this.#renderScreen();
  }

  /** A line under the phone that goes away by itself; without words it is cleared. */
  tell(...words) {
    clearTimeout(this.#noteTimer);
    this.#note.replaceChildren(...words);
    if (words.length) this.#noteTimer = setTimeout(() => this.#note.replaceChildren(), noteStays);
  }

  say(answer) {
    this.tell(...troubleOf(answer));
  }

  offerLink(link) {
    this.tell(drawLink(link));
  }

  onFresh(n) {
    this.#onFresh(this.#side, n);
  }

  get #person() {
    return this.world.people.find((one) => one.id === this.#choice.person);
  }

  /** Another person, app or language is another screen; otherwise the screen renews itself in place. */
  #renderScreen() {
    const account = accountOf(this.#person, this.#choice.platform);
    const wanted = JSON.stringify([this.#choice, currentLanguage(), account, this.world.ready]);
    if (wanted !== this.#shown) this.#openScreen(account);
    this.#shown = wanted;
    this.#screen?.render();
  }

  #openScreen(account) {
    const { platform } = this.#choice;
    this.#screen = account ? new screens[platform](this, this.#person) : null;
    this.#handset.dataset.platform = platform;
    this.#handset.replaceChildren(this.#screen ? this.#screen.node : this.#drawNobody());
    this.tell();
  }

  #drawNobody() {
    const words = this.world.people.length ? t("noPersonFor", { platform: platforms[this.#choice.platform] }) : t("noPeople");
    return el("p", { class: "nobody" }, this.world.ready ? words : "");
  }

  #drawPicker() {
    const people = this.world.people.map((one) => [one.id, personWords(one), true]);
    const apps = Object.entries(platforms).map(([key, name]) =>
      (accountOf(this.#person, key) ? [key, name, true] : [key, t("noAccount", { name }), false]));
    return el("div", { class: "picker-row" }, el("h2", {}, t(`short_${this.#side}`)),
      this.#drawChoice("person", people), this.#drawChoice("platform", apps));
  }

  #drawChoice(what, options) {
    const select = el("select", { "aria-label": t(what), data: { testid: `${what}-${this.#side}` } },
      options.map(([key, words, open]) => el("option", { value: key, disabled: !open }, words)));
    select.value = this.#choice[what];
    select.addEventListener("change", () => this.#onChoice(this.#side, { [what]: select.value }));
    return el("label", { class: `pick-${what}` }, select);
  }
}

const personWords = (one) => [one.name, roles.includes(one.role) && t(`role_${one.role}`), one.place].filter(Boolean).join("・");

/** What to tell about a press: nothing when the bot took it. */
function troubleOf(answer) {
  const refused = answer.opened?.refused?.error;
  if (refused) return [t("troubleBot", { status: refused })];
  if (answer.ok && (!answer.status || answer.status < 300)) return [];
  if (!answer.ok && answer.status === 0) return [t("troubleServer")];
  if (!answer.ok && answer.error) return [String(answer.error)];
  if (answer.status) return [t("troubleBot", { status: answer.status })];
  return [t(answer.trouble === "timeout" ? "troubleSilent" : "troubleAway")];
}

function drawLink(link) {
  if (!/^https?:/i.test(link ?? "")) return t("phoneLink", { link: link ?? "" });
  return el("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, t("openLink", { link }));
}
