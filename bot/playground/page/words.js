// Chooses the language of the page's own words; what bot and people write stays as it is.
import ja from "./words.ja.js";
import en from "./words.en.js";

const books = { ja, en };
let language = remembered();

export const currentLanguage = () => language;

/** t("minutes", {n: 5}): the word for a key, with {n} filled in. */
export function t(key, values = {}) {
  const text = books[language][key] ?? books.ja[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function setLanguage(next) {
  language = next in books ? next : "ja";
  try { localStorage.setItem("mamori-playground-language", language); } catch { /* private windows refuse storage */ }
  fillPageWords();
}

/** Fills the words that stand in index.html. */
export function fillPageWords() {
  document.documentElement.lang = language;
  document.title = `Mamori ${t("title")}`;
  document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = t(node.dataset.word); });
  document.querySelectorAll("[data-word-label]").forEach((node) => node.setAttribute("aria-label", t(node.dataset.wordLabel)));
  document.querySelectorAll("[data-language]").forEach((node) =>
    node.setAttribute("aria-pressed", String(node.dataset.language === language)));
}

function remembered() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in books) return asked;
  try { return localStorage.getItem("mamori-playground-language") ?? "ja"; } catch { return "ja"; }
}
