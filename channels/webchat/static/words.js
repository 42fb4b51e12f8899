/* The panel's own words and how it writes times, in the reader's language and time zone. */

// A language is added by putting frame.<code>.json beside the others and its code here.
const WRITTEN = ["en", "zh-Hans", "zh-Hant", "ru", "de", "ko", "es", "ja", "fr"];
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "iw", "ur"]);
const TRADITIONAL = new Set(["hant", "tw", "hk", "mo"]);
const MINUTE = 60_000;

/** The language in the codes that the house uses: zh-CN becomes zh-Hans, zh-HK zh-Hant, de-AT de. */
export function normalise(code) {
  const [base, ...parts] = code.toLowerCase().split(/[-_]/);
  if (base !== "zh" && base !== "yue") return base;
  if (parts.includes("hans")) return "zh-Hans"; // a script that is named counts for more than a place: zh-Hans-HK
  return base === "yue" || parts.some((part) => TRADITIONAL.has(part)) ? "zh-Hant" : "zh-Hans";
}

/** The first wished language, as "und" when none is a language code at all. */
export function wished(...codes) {
  return codes.find((code) => /^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/i.test(code ?? "")) ?? "und";
}

function written(code) {
  const house = normalise(code);
  return WRITTEN.includes(house) ? house : "en";
}

/** What to say, in one language: load once, ask often. */
export class Words {
  #texts = {};
  #code = "en";
  #locale = "en";

  /** Fetch the words of a language, or of the nearest one we have; throws TypeError without a connection. */
  async load(code) {
    const file = written(code);
    const answer = await fetch(new URL(`frame.${file}.json`, import.meta.url));
    if (!answer.ok) throw new TypeError(`The words of ${file} answered ${answer.status}`);
    this.#texts = await answer.json();
    this.#code = file;
    this.#locale = navigator.languages.find((each) => normalise(each) === file) ?? file; // en-GB writes times unlike en-US
    this.wish = code;
  }

  get code() {
    return this.#code;
  }

  get direction() {
    return RIGHT_TO_LEFT.has(normalise(this.wish)) ? "rtl" : "ltr";
  }

  has(key) {
    return key in this.#texts;
  }

  say(key, values = {}) {
    return (this.#texts[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  number(value) {
    return new Intl.NumberFormat(this.#locale).format(value);
  }

  clock(at) {
    return new Intl.DateTimeFormat(this.#locale, { timeStyle: "short" }).format(at).replace(/\s/g, "\u00a0");
  }

  day(at, now = new Date()) {
    const apart = Math.round((midnight(now) - midnight(at)) / (24 * 60 * MINUTE));
    if (apart === 0) return this.say("today");
    if (apart === 1) return this.say("yesterday");
    const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
    const date = new Intl.DateTimeFormat(this.#locale, { weekday: "long", day: "numeric", month: "long", year });
    return capital(date.format(at), this.#locale); // it stands alone, as "Today" does
  }

  /** When an answer is due, seen from the moment it was promised; null means as soon as possible. */
  due(due, promised) {
    if (due - promised < MINUTE) return null;
    if (midnight(due) === midnight(promised)) return this.clock(due);
    const day = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" };
    return new Intl.DateTimeFormat(this.#locale, day).format(due);
  }

  /** A language's name in itself: Deutsch, 简体中文. */
  language(code) {
    try {
      return capital(new Intl.DisplayNames([code], { type: "language" }).of(code), code);
    } catch {
      return code;
    }
  }
}

function capital(text, locale) {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

function midnight(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}
