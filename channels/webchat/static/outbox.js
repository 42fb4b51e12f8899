/* What the customer has sent and the server has not yet confirmed: kept before it is sent, sent one at a time in order. */

const CONFIRM_WITHIN = 10_000; // milliseconds; a socket that takes longer is dead
const SLOWER = 1500; // after "too much at once", doubled up to the next
const SLOWEST = 20_000;
const PATIENCE = 6; // so many times, then the customer is asked

/** Entries are `{cid, at, frame, label?, failed?}`; `frame` is what goes up the socket, `at` the order (milliseconds). */
export class Outbox {
  #entries = [];
  #keeping;
  #link;
  #on;
  #sent = null; // cid on its way
  #busy = false; // one is on its way, or we were asked to go slower
  #timer = 0;
  #tooFast = 0;
  #last = 0;

  /** `on.failed(entry)` is told when an entry needs the customer. */
  constructor(keeping, link, on) {
    this.#keeping = keeping;
    this.#link = link;
    this.#on = on;
    for (const [, text] of keeping.startingWith("out:")) {
      const entry = parse(text);
      if (entry) this.#entries.push(entry);
    }
    this.#entries.sort((one, other) => one.at - other.at);
  }

  get entries() {
    return [...this.#entries];
  }

  /** Keep and send; `label` is what the screen shows for a frame without a text. */
  add(frame, label) {
    this.#last = Math.max(Date.now(), this.#last + 1); // two in one millisecond keep their order
    const entry = { cid: frame.cid, at: this.#last, frame, label };
    this.#entries.push(entry);
    this.#keep(entry);
    this.send();
    return entry;
  }

  /** The server has it: by its word, or because it came back in the log. */
  settle(cid) {
    const index = this.#entries.findIndex((entry) => entry.cid === cid);
    if (index >= 0) {
      this.#entries.splice(index, 1);
      this.#keeping.put(`out:${cid}`, null);
    }
    if (this.#sent === cid) {
      this.#rest();
      this.#tooFast = 0;
      this.send();
    }
  }

  /** The server would not have it; without a cid it speaks of what was last sent. */
  refuse(cid, code) {
    const entry = this.#entries.find((each) => each.cid === (cid ?? this.#sent));
    if (!entry) return;
    this.#rest();
    if (code === "rate_limited" && this.#tooFast < PATIENCE) {
      this.#busy = true; // nothing overtakes it meanwhile
      this.#timer = setTimeout(() => this.restart(), Math.min(SLOWEST, SLOWER * 2 ** this.#tooFast));
      this.#tooFast += 1;
      return;
    }
    this.#tooFast = 0;
    entry.failed = code;
    this.#keep(entry);
    this.#on.failed(entry);
    this.send();
  }

  again(cid) {
    const entry = this.#entries.find((each) => each.cid === cid);
    if (!entry) return;
    delete entry.failed;
    this.#keep(entry);
    this.send();
  }

  /** The connection is new: what was on its way may be lost, so it goes again; twice is harmless, it keeps its cid. */
  restart() {
    this.#rest();
    this.send();
  }

  /** Send the next one, unless one is on its way. */
  send() {
    if (this.#busy) return;
    const next = this.#entries.find((entry) => !entry.failed);
    if (!next || !this.#link.send(next.frame)) return;
    this.#sent = next.cid;
    this.#busy = true;
    this.#timer = setTimeout(() => this.#link.drop(), CONFIRM_WITHIN);
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#sent = null;
    this.#busy = false;
  }

  #keep(entry) {
    this.#keeping.put(`out:${entry.cid}`, JSON.stringify(entry));
  }
}

function parse(text) {
  try {
    const entry = JSON.parse(text);
    return entry?.frame?.t && entry.cid ? entry : null;
  } catch {
    return null;
  }
}
