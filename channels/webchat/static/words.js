/* The panel's own words and how it writes times, in the reader's language and time zone. */

// A language is added by putting frame.<code>.json beside the others and its code here.
const WRITTEN = ["en", "de", "zh-Hans"];
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "iw", "ur"]);
const TRADITIONAL = /^zh(-[a-z]{4})?-(tw|hk|mo)$|^zh-hant/i;
const MINUTE = 60_000;

/** The language in the codes that the house uses: zh-CN becomes zh-Hans, zh-HK zh-Hant, de-AT de. */
export function normalise(code) {
  if (TRADITIONAL.test(code)) return "zh-Hant";
  const base = code.split(/[-_]/)[0].toLowerCase();
  return base === "zh" ? "zh-Hans" : base;
}

/** The first wished language, as "und" when none is a language code at all. */
export function wished(...codes) {
  return codes.find((code) => /^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/i.test(code ?? "")) ?? "und";
}

function written(code) {
  const house = normalise(code);
  if (WRITTEN.includes(house)) return house;
  return house === "zh-Hant" ? "zh-Hans" : "en";
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
    return new Intl.DateTimeFormat(this.#locale, { weekday: "long", day: "numeric", month: "long", year }).format(at);
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
      const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
      return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
    } catch {
      return code;
    }
  }
}

function midnight(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}
