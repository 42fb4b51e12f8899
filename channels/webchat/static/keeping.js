/* What the browser keeps for us between two pages: unsent messages, a draft, and a token where cookies are refused.
 *
 * First choice is our own storage. A browser may refuse it to a page inside another site's page; then the loader keeps
 * it in the shop's storage; without a loader it lives as long as this page. */

const LOADER_WITHIN = 3000; // milliseconds; the loader answers in one or two, unless the shop's page is busy
const PREFIX = "crossdesk:";

/** The page around us, if there is one: hears from it, and from nobody else. */
export class Surroundings {
  embedded = window.parent !== window;
  #origin = this.embedded ? parentOrigin() : null;

  /** Call `heard(message)` for each message of the loader. */
  listen(heard) {
    if (!this.#origin) return;
    addEventListener("message", ({ origin, source, data }) => {
      if (origin === this.#origin && source === window.parent && data?.crossdesk === 1) heard(data);
    });
  }

  tell(message) {
    if (this.#origin) window.parent.postMessage({ crossdesk: 1, ...message }, this.#origin);
  }

  /** Say that we are here; gives the loader's state, or null if no loader answers in time. */
  greet() {
    if (!this.#origin) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.listen((message) => message.do === "state" && message.kept && resolve(message));
      setTimeout(resolve, LOADER_WITHIN, null);
      this.tell({ do: "ready" });
    });
  }

  /** Whose page we are in; shops that share a browser's storage must not see one another's unsent messages. */
  get name() {
    return this.#origin ?? "";
  }
}

/** A small map of strings that outlives the page as far as the browser lets it. */
export class Keeping {
  #items = new Map();
  #own;
  #around;
  #prefix;

  constructor(around, kept = []) {
    this.#around = around;
    this.#prefix = `${PREFIX}${around.name}:`;
    this.#own = storages();
    for (const [key, value] of this.#own ? this.#stored() : kept) this.#items.set(key, value);
  }

  get(key) {
    return this.#items.get(key) ?? null;
  }

  /** All pairs whose key begins so, oldest first as far as the caller numbers them. */
  startingWith(start) {
    return [...this.#items].filter(([key]) => key.startsWith(start));
  }

  /** Keep a string, or forget it with null; `tab`: only for this tab, as a draft is. */
  put(key, value, tab = false) {
    if (value === null) this.#items.delete(key);
    else this.#items.set(key, value);
    if (!this.#own) {
      this.#around.tell({ do: "keep", key, value, tab });
      return;
    }
    const area = tab ? this.#own.tab : this.#own.lasting;
    try {
      if (value === null) area.removeItem(this.#prefix + key);
      else area.setItem(this.#prefix + key, value);
    } catch {
      // Full or switched off while we ran: it stays in memory, which is what a page without storage has.
    }
  }

  #stored() {
    return [this.#own.lasting, this.#own.tab].flatMap((area) =>
      Object.entries(area)
        .filter(([key]) => key.startsWith(this.#prefix))
        .map(([key, value]) => [key.slice(this.#prefix.length), value]),
    );
  }
}

function parentOrigin() {
  const known = window.location.ancestorOrigins?.[0] ?? document.referrer; // the loader lets the referrer name its origin
  try {
    const { origin } = new URL(known);
    return origin === "null" ? null : origin;
  } catch {
    return null;
  }
}

/** Our own storage; null where the browser refuses it, which it does by throwing at the first touch. */
function storages() {
  try {
    const areas = { lasting: window.localStorage, tab: window.sessionStorage };
    areas.lasting.setItem(`${PREFIX}probe`, "1");
    areas.lasting.removeItem(`${PREFIX}probe`);
    return areas;
  } catch {
    return null;
  }
}
