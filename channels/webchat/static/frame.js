/* The chat panel: puts link, outbox, talk and composer together. Runs in its own page, inside a shop's page or alone. */

import { Composer } from "./composer.js";
import { Keeping, Surroundings } from "./keeping.js";
import { Link } from "./link.js";
import { Outbox } from "./outbox.js";
import { byId, dress, icon, make, uuid } from "./page.js";
import { Talk } from "./talk.js";
import { normalise, wished, Words } from "./words.js";

const TYPING_SHOWN = 8000; // milliseconds
const READ_AFTER = 300;
const BANNER_AFTER = { joining: 1500, away: 700, crowded: 0, refused: 0 };
const WITH_PERSON = new Set(["assigned", "waiting"]); // waiting: the person has answered, the customer is to speak
const PERSON = new Set(["queued", ...WITH_PERSON]); // a person has the case or will have it
const NARROW = matchMedia("(max-width: 480px)");

class Panel {
  #asked = new URLSearchParams(location.search);
  #around = new Surroundings();
  #words = new Words();
  #features = new Set();
  #standing = { state: "bot", name: "", case: "" };
  #conversation = null;
  #head = 0;
  #read = 0; // seq up to which the customer has seen the talk
  #unread = new Set();
  #counted = 0; // how many unread the launcher knows of
  #open = !this.#around.embedded;
  #timers = {};
  #keeping;
  #link;
  #outbox;
  #talk;
  #composer;

  async start() {
    dress(this.#asked.get("theme"), this.#asked.get("color"));
    const loader = await this.#around.greet();
    this.#keeping = new Keeping(this.#around, loader?.kept);
    const wish = wished(this.#keeping.get("lang"), this.#asked.get("lang"), ...navigator.languages);
    await this.#load(wish);
    this.#assemble();
    this.#dressWords();
    this.#composer.text = this.#keeping.get("draft") ?? "";
    for (const entry of this.#outbox.entries) this.#hold(entry);
    this.#around.listen((message) => message.do === "state" && this.#turned(message));
    if (loader) this.#turned(loader);
    this.#link.connect();
  }

  #assemble() {
    const address = new URL("socket", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.search = "";
    this.#link = new Link(address, { hello: () => this.#hello(), renew: () => this.#renew() }, {
      state: () => this.#linkChanged(),
      welcome: (frame) => this.#welcome(frame),
      event: (event) => this.#event(event),
      other: (frame) => this.#other(frame),
      reset: () => this.#reset(),
      tooBig: () => this.#outbox.refuse(null, "too_long"),
    });
    this.#outbox = new Outbox(this.#keeping, this.#link, { failed: (entry) => this.#talk.changed(entry) });
    const talkNodes = { list: byId("list"), log: byId("log"), scroller: byId("scroller"), latest: byId("latest"), hello: byId("hello") };
    this.#talk = new Talk(talkNodes, this.#words, {
      choose: (value, label) => this.#act("choose", { value }, label),
      again: (cid) => this.#again(cid),
      discard: (cid) => this.#discard(cid),
    });
    this.#composer = new Composer({ form: byId("form"), text: byId("text"), count: byId("count") }, this.#words, {
      send: (cid, text) => this.#hold(this.#outbox.add({ t: "msg", cid, text })),
      typing: () => this.#link.send({ t: "typing" }),
      draft: (text) => this.#keeping.put("draft", text || null, true),
    });
    byId("human").addEventListener("click", () => {
      this.#act("human", {}, this.#words.say("human"));
      byId("human").parentElement.hidden = true; // until somebody has answered
    });
    byId("close").addEventListener("click", () => this.#around.tell({ do: "close" }));
    byId("language").addEventListener("change", ({ target }) => this.#speak(target.value));
    document.addEventListener("visibilitychange", () => this.#looked());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  // ---- up

  #hello() {
    const hello = { lang: normalise(this.#words.wish), tz: Intl.DateTimeFormat().resolvedOptions().timeZone };
    const token = this.#keeping.get("token");
    return token ? { ...hello, token } : hello;
  }

  #act(name, more, label) {
    const entry = this.#outbox.add({ t: "action", cid: uuid(), name, ...more }, label);
    if (label) this.#hold(entry);
    this.#composer.focus(); // what was pressed may be gone
  }

  /** Show what was sent before the server has it. */
  #hold(entry) {
    const text = entry.frame.text ?? entry.label;
    if (text) this.#talk.hold(entry, text);
    this.#stand(this.#standing.state === "resolved" ? { state: "bot" } : {});
  }

  #again(cid) {
    this.#outbox.again(cid);
    for (const entry of this.#outbox.entries) if (entry.cid === cid) this.#talk.changed(entry);
  }

  #discard(cid) {
    this.#outbox.settle(cid);
    this.#talk.forget(cid);
    this.#composer.focus();
  }

  /** A new session from the server, after it refused our old one; true if we have it. */
  async #renew() {
    this.#keeping.put("token", null);
    try {
      const page = await fetch("frame", { cache: "no-store" });
      this.#link.cursor = 0;
      this.#reset();
      byId("said").textContent = this.#words.say("link_new");
      return page.ok;
    } catch {
      return false; // no connection; the link tries again later
    }
  }

  // ---- down

  #welcome({ conv, token, head, features }) {
    this.#features = new Set(features ?? []);
    if (token) this.#keeping.put("token", token);
    if (conv !== this.#conversation) {
      const [known, upto] = (this.#keeping.get("read") ?? "").split("@");
      this.#conversation = conv;
      this.#read = known === String(conv) ? Number(upto) : head; // unknown: nobody wants a hundred unread
    }
    this.#head = head;
    this.#talk.replaying(this.#link.cursor === 0 && head > 0);
    this.#looked();
    this.#languages();
    this.#outbox.restart();
  }

  #event(event) {
    if (event.cid) this.#outbox.settle(event.cid);
    this.#talk.add(event);
    this.#stand(this.#change(event));
    if (event.author !== "customer") {
      this.#typing(null);
      if (event.kind === "message" && event.seq > this.#read) this.#unread.add(event.seq);
    }
    if (event.seq < this.#head) return; // more of the log follows at once
    this.#talk.replaying(false);
    this.#looked();
  }

  /** What an event says about whom the customer is talking to. */
  #change({ kind, author, state, name, case: number }) {
    if (kind === "case") return { state, name, case: number };
    if (author === "agent") return { name };
    return author === "customer" && this.#standing.state === "resolved" ? { state: "bot" } : {};
  }

  #other(frame) {
    if (frame.t === "ack") {
      this.#outbox.settle(frame.cid);
      this.#talk.stored(frame.cid);
    } else if (frame.t === "nack") this.#outbox.refuse(frame.cid, frame.code);
    else if (frame.t === "typing") this.#typing(frame.author);
    else if (frame.t === "read") this.#talk.seen(frame.upto);
  }

  #reset() {
    this.#unread.clear();
    this.#talk.reset();
    this.#standing = { state: "bot", name: "", case: "" };
    this.#stand({});
  }

  // ---- what is shown

  async #load(wish) {
    for (let wait = 500; ; wait = Math.min(8000, wait * 2)) {
      try {
        await this.#words.load(wish);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  async #speak(code) {
    this.#keeping.put("lang", code);
    this.#outbox.add({ t: "action", cid: uuid(), name: "language", value: code });
    await this.#load(code);
    this.#dressWords();
    this.#talk.redraw();
    this.#composer.redraw();
    this.#composer.focus();
  }

  #dressWords() {
    const say = (key) => this.#words.say(key);
    const root = document.documentElement;
    root.lang = this.#words.code;
    root.dir = this.#asked.get("dir") === "rtl" ? "rtl" : this.#words.direction;
    document.title = say("title");
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
    for (const node of document.querySelectorAll("[data-name]")) node.setAttribute("aria-label", say(node.dataset.name));
    for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = say(node.dataset.hint);
    this.#languages();
    this.#stars();
    this.#stand({});
    this.#linkChanged();
  }

  #languages() {
    const codes = [...this.#features].filter((each) => each.startsWith("lang:")).map((each) => each.slice(5));
    const wish = normalise(this.#words.wish);
    const options = codes.map((code) => make("option", { value: code, lang: code }, this.#words.language(code)));
    byId("language").replaceChildren(...options);
    byId("language").value = codes.includes(wish) ? wish : this.#words.code;
    byId("pick").hidden = codes.length < 2;
  }

  #stars() {
    const steps = [1, 2, 3, 4, 5].map((value) => {
      const button = make("button", { type: "button", ariaLabel: this.#words.say("rate_step", { value }) }, icon("star"));
      button.addEventListener("click", () => this.#rated(value));
      return button;
    });
    byId("stars").replaceChildren(...steps);
  }

  #rated(value) {
    this.#keeping.put(`rated:${this.#standing.case}`, String(value));
    this.#act("rate", { value });
    byId("rating").hidden = true;
    byId("said").textContent = this.#words.say("rate_thanks");
  }

  /** Who the customer is talking to now. */
  #stand(change) {
    for (const key of ["state", "name", "case"]) if (change[key]) this.#standing[key] = change[key];
    const { state, name } = this.#standing;
    if (!WITH_PERSON.has(state)) this.#standing.name = "";
    const key = WITH_PERSON.has(state) && name ? "who_named" : `who_${state}`;
    byId("who").textContent = this.#words.say(this.#words.has(key) ? key : "who_bot", { name });
    document.body.dataset.state = state;
    byId("human").parentElement.hidden = PERSON.has(state) || this.#talk.offersPerson;
    const rated = this.#keeping.get(`rated:${this.#standing.case}`);
    byId("rating").hidden = state !== "resolved" || !this.#features.has("rate") || rated !== null;
  }

  #typing(author) {
    clearTimeout(this.#timers.typing);
    const node = byId("typing");
    node.hidden = !["bot", "agent"].includes(author);
    if (node.hidden) return;
    const name = this.#standing.name || this.#words.say("agent");
    byId("typist").textContent = this.#words.say(`${author}_writes`, { name });
    this.#talk.nudge();
    this.#timers.typing = setTimeout(() => this.#typing(null), TYPING_SHOWN);
  }

  #linkChanged() {
    const state = this.#link.state;
    const banner = byId("link");
    document.body.dataset.link = state;
    clearTimeout(this.#timers.link);
    if (state === "online") {
      banner.replaceChildren();
      return;
    }
    this.#timers.link = setTimeout(() => {
      banner.replaceChildren(make("span", {}, this.#words.say(`link_${state}`)));
      if (state !== "refused") return;
      const again = make("button", { type: "button" }, this.#words.say("again"));
      again.addEventListener("click", () => this.#link.again());
      banner.append(again);
    }, BANNER_AFTER[state]);
  }

  // ---- the customer looks, or not

  #turned({ open, draft, focus }) {
    this.#open = open;
    byId("close").hidden = false; // somebody is there to close us
    if (draft && !this.#composer.text) this.#composer.text = draft;
    if (open) this.#talk.toEnd();
    if (focus) this.#composer.focus();
    this.#looked();
  }

  /** Tell the desk what was seen, and the launcher what was not; only an open panel in a visible page is looked at. */
  #looked() {
    if (this.#open && !document.hidden) {
      const upto = this.#link.cursor;
      this.#unread.clear();
      if (upto > this.#read) {
        this.#read = upto;
        this.#keeping.put("read", `${this.#conversation}@${upto}`);
        clearTimeout(this.#timers.read);
        this.#timers.read = setTimeout(() => this.#link.send({ t: "read", upto }), READ_AFTER);
      }
    }
    if (this.#unread.size === this.#counted) return;
    this.#counted = this.#unread.size;
    this.#around.tell({ do: "unread", count: this.#counted });
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.#around.tell({ do: "close" });
    if (event.key === "Tab" && this.#around.embedded && NARROW.matches) this.#stayInside(event);
  }

  /** On a phone the panel covers the shop's page, so the keyboard stays in it. */
  #stayInside(event) {
    const stops = [...document.querySelectorAll("button, select, textarea, a[href], [tabindex='0']")].filter((node) => node.checkVisibility());
    const [first, last] = [stops[0], stops.at(-1)];
    if (document.activeElement !== (event.shiftKey ? first : last)) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}

new Panel().start();
