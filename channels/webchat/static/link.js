/* The socket: one cursor, events in order without a gap, and a way back after every kind of loss. */

const FIRST_WAIT = 150; // milliseconds, doubled with each failure
const LONGEST_WAIT = 10_000;
const CROWDED_WAIT = 20_000;
const REFUSED_WAIT = 5_000;
const WELCOME_WITHIN = 10_000;
const SETTLED = 1000; // a connection that held this long starts the waits anew
const ASLEEP = 150_000; // a clock that jumped this far means that the machine slept, and sockets die in their sleep
const TICK = 15_000;
const REFUSALS = 3;

/** Close codes of the server that mean more than "try again". */
const BAD_HELLO = 4400;
const BAD_TOKEN = 4401;
const CROWDED = 4429;
const TOO_BIG = 1009;

/**
 * Keeps a connection and hands on what comes in order.
 *
 * `ask` answers what the link has to know: `hello()` the first frame without v and cursor, `renew()` (a promise) a new
 * session after the old token was refused. `on` is told: `state(name)` with joining, online, away, crowded or refused;
 * `welcome(frame)`, `event(frame)` for each seq once; `other(frame)`; `reset()`; `tooBig()`.
 */
export class Link {
  cursor = 0;
  state = "joining";
  #address;
  #ask;
  #on;
  #socket = null;
  #ready = false;
  #since = null; // when the server welcomed us
  #conversation = null;
  #timer = 0;
  #failures = 0;
  #refusals = 0;
  #renewed = false;
  #askedToWait = null;
  #tick = Date.now();

  constructor(address, ask, on) {
    this.#address = address;
    this.#ask = ask;
    this.#on = on;
    addEventListener("online", () => this.#atOnce());
    addEventListener("offline", () => this.drop());
    addEventListener("pageshow", (event) => event.persisted && this.#atOnce());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#wake();
    });
    setInterval(() => this.#wake(), TICK);
  }

  get ready() {
    return this.#ready;
  }

  connect() {
    clearTimeout(this.#timer);
    if (this.#socket) return;
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    const slow = setTimeout(() => this.drop(), WELCOME_WITHIN);
    this.#since = null;
    socket.onopen = () => this.#raw({ t: "hello", v: 1, cursor: this.cursor, ...this.#ask.hello() });
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      const frame = read(data);
      if (frame?.t === "welcome") {
        clearTimeout(slow);
        this.#since = Date.now();
      }
      if (frame) this.#receive(frame);
    };
    socket.onclose = ({ code }) => {
      clearTimeout(slow);
      if (socket !== this.#socket) return; // we let go of it before
      this.#lost(code);
    };
  }

  /** Send a frame; false if there is no welcome yet, and then nothing was sent. */
  send(frame) {
    return this.#ready && this.#raw(frame);
  }

  /** Let go of a connection that no longer answers, and come back by the cursor. */
  drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#lost(0);
    socket.close();
  }

  /** Try again because the customer asked for it. */
  again() {
    this.#refusals = 0;
    this.#renewed = false;
    this.#atOnce();
  }

  #raw(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #receive(frame) {
    if (frame.t === "welcome") this.#welcome(frame);
    else if (frame.t === "ev") this.#event(frame);
    else if (frame.t === "bye") this.#askedToWait = Math.max(0, Number(frame.retry_in) || 0) * 1000;
    else if (frame.t === "reset") this.#reset();
    else this.#on.other(frame);
  }

  #welcome(frame) {
    const stranger = this.#conversation !== null && this.#conversation !== frame.conv;
    this.#conversation = frame.conv;
    if (this.cursor > 0 && (stranger || frame.head < this.cursor)) {
      this.#reset(); // not the log that is on the screen: read this one from its beginning
      this.drop();
      return;
    }
    this.#refusals = 0;
    this.#renewed = false;
    this.#ready = true;
    this.#become("online");
    this.#on.welcome(frame);
  }

  #event(frame) {
    if (frame.seq <= this.cursor) return; // shown before
    if (frame.seq !== this.cursor + 1) {
      this.drop(); // a gap: ask again from where we are
      return;
    }
    this.cursor = frame.seq;
    this.#on.event(frame);
  }

  #reset() {
    this.cursor = 0;
    this.#on.reset();
  }

  #lost(code) {
    this.#socket = null;
    this.#ready = false;
    if (this.#since && Date.now() - this.#since > SETTLED) this.#failures = 0;
    if (code === TOO_BIG) this.#on.tooBig();
    if (code === CROWDED) this.#wait("crowded", CROWDED_WAIT);
    else if (code === BAD_TOKEN) this.#renew();
    else if (code === BAD_HELLO) this.#refused();
    else this.#wait(this.#failures || !navigator.onLine ? "away" : "joining", this.#pause());
    this.#failures += 1;
  }

  #pause() {
    const asked = this.#askedToWait;
    this.#askedToWait = null;
    const wait = asked ?? Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    return wait * (asked ? 1 + Math.random() / 2 : 0.5 + Math.random());
  }

  #refused() {
    this.#refusals += 1;
    if (this.#refusals >= REFUSALS) this.#become("refused");
    else this.#wait("joining", REFUSED_WAIT * (0.5 + Math.random()));
  }

  async #renew() {
    if (this.#renewed) {
      this.#become("refused");
      return;
    }
    this.#renewed = true;
    this.#become("joining");
    if (await this.#ask.renew()) this.connect();
    else this.#wait("away", this.#pause());
  }

  #wait(state, milliseconds) {
    this.#become(state);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), milliseconds);
  }

  #atOnce() {
    this.#failures = 0;
    this.drop();
    this.connect();
  }

  /** The page is looked at, or time has passed: a waiting link goes at once, one that slept is made anew. */
  #wake() {
    const slept = Date.now() - this.#tick > ASLEEP;
    this.#tick = Date.now();
    if (slept) this.#atOnce();
    else if (!document.hidden && !this.#socket && this.state === "away") this.connect();
  }

  #become(state) {
    this.state = state;
    this.#on.state(state);
  }
}

function read(data) {
  try {
    const frame = JSON.parse(data);
    return typeof frame?.t === "string" ? frame : null;
  } catch {
    return null; // not ours; the next gap in seq will tell if it mattered
  }
}
