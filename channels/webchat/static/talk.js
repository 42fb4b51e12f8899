/* The conversation on the screen: events in the order of their seq, unsent messages after them. */

import { icon, make } from "./page.js";
import { markup } from "./markup.js";

const TOGETHER = 5 * 60_000; // milliseconds; messages of one author this near one another share a heading
const NEAR_END = 80; // pixels; who has scrolled up further is reading, and is not pulled down

/** `on` is told what the customer presses: `choose(id, label)`, `again(cid)`, `discard(cid)`. */
export class Talk {
  #nodes;
  #words;
  #on;
  #events = [];
  #waiting = new Map(); // cid -> {entry, text, node} not yet seen in the log
  #offer = null; // the choices that may still be pressed
  #seen = 0;
  #last = null; // when the newest event was written
  #state = "bot"; // of the case
  #replaying = true;

  /** `nodes`: list, log, scroller, latest (a button), hello (shown while nothing has been said). */
  constructor(nodes, words, on) {
    this.#nodes = nodes;
    this.#words = words;
    this.#on = on;
    nodes.latest.addEventListener("click", () => this.toEnd());
    nodes.scroller.addEventListener("scroll", () => this.#atEnd() && (nodes.latest.hidden = true), { passive: true });
    let height = nodes.scroller.clientHeight;
    new ResizeObserver(() => {
      const grown = nodes.scroller.clientHeight - height; // a keyboard slid in or out: keep the end in sight
      height = nodes.scroller.clientHeight;
      if (grown < 0 && this.#atEnd(-grown + NEAR_END)) this.toEnd();
    }).observe(nodes.scroller);
  }

  /** While the log is read from its beginning nothing is announced and nothing scrolls. */
  replaying(yes) {
    if (this.#replaying === yes) return;
    this.#replaying = yes;
    this.#nodes.log.setAttribute("aria-live", yes ? "off" : "polite");
    if (!yes) this.toEnd();
  }

  /** Show an event of the log. */
  add(event) {
    const stay = this.#atEnd();
    this.#events.push(event);
    const node = this.#draw(event);
    this.#after(stay, node);
  }

  /** Show at once what is still to be sent. */
  hold(entry, text) {
    const node = make("li");
    this.#waiting.set(entry.cid, { entry, text, node });
    this.#fillOwn(node, { text, at: new Date(entry.at).toISOString() });
    this.#status(node, entry.failed ? "failed" : "sending", entry);
    this.#nodes.list.append(node);
    this.#close();
    this.#after(true);
  }

  /** The server has stored it; its place in the log follows. */
  stored(cid) {
    const held = this.#waiting.get(cid);
    if (held) this.#status(held.node, "sent");
  }

  /** Sending failed or is tried again. */
  changed(entry) {
    const held = this.#waiting.get(entry.cid);
    if (held) this.#status(held.node, entry.failed ? "failed" : "sending", entry);
  }

  forget(cid) {
    this.#waiting.get(cid)?.node.remove();
    this.#waiting.delete(cid);
    this.#hello();
  }

  /** The desk has read up to this seq. */
  seen(upto) {
    this.#seen = Math.max(this.#seen, upto);
    for (const node of this.#nodes.list.querySelectorAll("li.own[data-seq]")) {
      if (Number(node.dataset.seq) <= this.#seen) this.#status(node, "seen");
    }
  }

  /** Forget the log; what is unsent stays. */
  reset() {
    this.#events = [];
    this.#seen = 0;
    this.#last = null;
    this.#state = "bot";
    this.#offer = null;
    for (const node of [...this.#nodes.list.children]) if (!("waiting" in node.dataset)) node.remove();
    this.#hello();
  }

  /** Write everything again, in another language. */
  redraw() {
    const events = this.#events;
    const held = [...this.#waiting.values()];
    const seen = this.#seen;
    this.reset();
    this.#waiting.clear();
    this.#nodes.list.replaceChildren();
    this.replaying(true);
    for (const event of events) this.add(event);
    for (const { entry, text } of held) this.hold(entry, text);
    this.seen(seen);
    this.replaying(false);
  }

  /** Something below the messages has grown: who was at the end stays there. */
  nudge() {
    if (this.#atEnd(2 * NEAR_END)) this.toEnd();
  }

  toEnd() {
    const { scroller, latest } = this.#nodes;
    scroller.scrollTop = scroller.scrollHeight;
    latest.hidden = true;
  }

  #draw(event) {
    const held = this.#waiting.get(event.cid);
    const node = held?.node ?? make("li");
    this.#waiting.delete(event.cid);
    const firstHeld = this.#nodes.list.querySelector("li[data-waiting]");
    if (!held || firstHeld !== node) this.#nodes.list.insertBefore(node, firstHeld);
    delete node.dataset.waiting;
    node.dataset.seq = event.seq;
    this.#last = event.at ?? this.#last;
    if (event.kind === "case") this.#fillStep(node, event);
    else if (event.author === "customer") this.#fillOwn(node, { ...event, text: event.text || held?.text || "" });
    else this.#fillTheirs(node, event);
    if (event.author === "customer") this.#status(node, event.seq <= this.#seen ? "seen" : "sent");
    if (event.kind === "case" || node.hidden) return node;
    this.#day(node, event);
    if (event.author === "customer") this.#close();
    else if (event.choices?.length) this.#choices(node, event.choices);
    return node;
  }

  /** A heading between two days, and none between messages that belong together. */
  #day(node, { at, author, name }) {
    const moment = new Date(at);
    let before = node.previousElementSibling;
    while (before && !before.dataset.at) before = before.previousElementSibling;
    const last = before && new Date(before.dataset.at);
    node.dataset.at = at;
    node.dataset.by = `${author}/${name ?? ""}`;
    if (!last || last.toDateString() !== moment.toDateString()) {
      node.before(make("li", { className: "day" }, make("span", {}, this.#words.day(moment))));
    } else if (before === node.previousElementSibling && before.dataset.by === node.dataset.by) {
      node.classList.toggle("more", moment - last < TOGETHER);
    }
  }

  #fillOwn(node, { text, at }) {
    node.className = "own";
    node.hidden = !text;
    if (node.firstChild) {
      node.querySelector("time").replaceWith(this.#time(at)); // already on the screen: say nothing twice
      return;
    }
    node.append(
      make("span", { className: "unseen" }, this.#words.say("you")),
      make("div", { className: "bubble", dir: "auto" }, text),
      make("p", { className: "meta" }, this.#time(at), make("span", { className: "status" })),
    );
  }

  #fillTheirs(node, { author, name, text, lang, at, files }) {
    const words = make("div", { dir: "auto", lang: lang ?? "" }, markup(text ?? ""));
    for (const file of files ?? []) words.append(make("p", { className: "file" }, file.name ?? ""));
    if (author !== "bot" && author !== "agent") {
      node.className = "step"; // the house itself says how things stand: no bubble
      node.append(words);
      return;
    }
    const shown = name || this.#words.say(author);
    const face = make("span", { className: "face", ariaHidden: "true" }, author === "agent" ? [...shown][0] : icon("chat"));
    words.className = "bubble";
    node.className = author;
    node.append(face, make("p", { className: "by" }, make("b", {}, shown), " ", this.#time(at)), words);
  }

  #fillStep(node, { state, due, at, case: number }) {
    const words = this.#words;
    const before = this.#state;
    this.#state = state;
    let line = words.say(`case_${state}`); // waiting has none: the agent's own words have just been shown
    if (state === "queued" && due) {
      const time = words.due(new Date(due), new Date(at ?? this.#last ?? due));
      line = time ? words.say("case_queued_due", { time }) : words.say("case_queued_now");
    }
    node.className = `step ${state}`;
    const known = before === state || (state === "assigned" && before === "waiting"); // nothing new to the customer
    node.hidden = !line || known || (state !== "queued" && this.#events.at(-2)?.author === "system"); // or just said
    node.append(make("p", {}, line));
    if (number && state === "queued") node.append(make("p", { className: "number" }, words.say("case_number", { case: number })));
  }

  #time(at) {
    const moment = new Date(at);
    return make("time", { dateTime: at, dir: "auto" }, this.#words.clock(moment));
  }

  #status(node, state, entry) {
    const words = this.#words;
    const place = node.querySelector(".status");
    if (!place || place.dataset.state === state) return;
    place.dataset.state = state;
    if (state === "sending" || state === "failed") node.dataset.waiting = "";
    node.classList.toggle("failed", state === "failed");
    place.replaceChildren(icon(state, words.say(state)));
    node.querySelector(".trouble")?.remove();
    if (state !== "failed") return;
    const reason = words.has(`nack_${entry.failed}`) ? `nack_${entry.failed}` : "nack_other";
    const again = make("button", { type: "button" }, words.say("again"));
    const discard = make("button", { type: "button" }, words.say("discard"));
    again.addEventListener("click", () => this.#on.again(entry.cid));
    discard.addEventListener("click", () => this.#on.discard(entry.cid));
    node.append(make("div", { className: "trouble" }, make("p", {}, words.say(reason)), again, discard));
  }

  /** Whether one of the choices that may be pressed is a person. */
  get offersPerson() {
    return this.#offer?.dataset.person === "yes";
  }

  #choices(node, choices) {
    this.#close();
    const group = make("div", { className: "choices", role: "group", ariaLabel: this.#words.say("choices") });
    for (const { id, label } of choices) {
      const button = make("button", { type: "button", dir: "auto" }, label);
      button.addEventListener("click", () => this.#on.choose(id, label));
      group.append(button);
    }
    if (choices.some(({ id }) => id === "human")) group.dataset.person = "yes";
    node.append(group);
    this.#offer = group;
  }

  /** What was offered has been answered, or something newer is offered. */
  #close() {
    this.#offer?.remove();
    this.#offer = null;
  }

  #after(stay, node) {
    const { scroller, latest } = this.#nodes;
    this.#hello();
    if (this.#replaying) return;
    const tall = node && node.offsetHeight > scroller.clientHeight;
    if (stay && tall) scroller.scrollTop = node.offsetTop; // to be read from its beginning
    else if (stay) this.toEnd();
    else latest.hidden = false;
  }

  #hello() {
    this.#nodes.hello.hidden = this.#nodes.list.childElementCount > 0;
  }

  #atEnd(near = NEAR_END) {
    const { scrollHeight, scrollTop, clientHeight } = this.#nodes.scroller;
    return scrollHeight - scrollTop - clientHeight < near;
  }
}
