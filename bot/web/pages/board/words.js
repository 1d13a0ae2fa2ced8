// Chooses the page's words: Japanese, unless the address says otherwise.
import { english } from "./words.en.js";
import { japanese } from "./words.ja.js";

const asked = new URLSearchParams(location.search).get("lang");
export const language = asked === "en" ? "en" : "ja";
export const words = language === "en" ? english : japanese;
