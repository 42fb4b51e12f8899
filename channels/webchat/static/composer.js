/* The field where the customer writes. */

import { uuid } from "./page.js";

export const MOST = 4000; // characters of one message, as the server counts them: code points
const COUNT_FROM = 3600;
const TYPING_EVERY = 4000; // milliseconds
const DRAFT_AFTER = 400;
const TALLEST = 132; // pixels, then it scrolls

/** `on` is told `send(cid, text)`, `typing()` and `draft(text)`. */
export class Composer {
  #nodes;
  #words;
  #on;
  #cid = null; // made when typing begins, so that pressing twice is still one message
  #told = 0;
  #timer = 0;

  /** `nodes`: form, text, count. */
  constructor(nodes, words, on) {
    this.#nodes = nodes;
    this.#words = words;
    this.#on = on;
    nodes.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    nodes.text.addEventListener("input", () => this.#typed());
    nodes.text.addEventListener("keydown", (event) => {
      // While an input method composes, Enter picks a word; Safari ends that with keyCode 229.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#send();
    });
    this.redraw();
  }

  get text() {
    return this.#nodes.text.value;
  }

  set text(text) {
    this.#nodes.text.value = text;
    this.redraw();
  }

  focus() {
    this.#nodes.text.focus();
  }

  /** Show height, count and whether it may be sent. */
  redraw() {
    const { form, text, count } = this.#nodes;
    const length = [...text.value].length;
    text.style.height = "auto";
    text.style.height = `${Math.min(TALLEST, text.scrollHeight)}px`;
    text.style.overflowY = text.scrollHeight > TALLEST ? "auto" : "hidden";
    form.classList.toggle("empty", !text.value.trim());
    text.toggleAttribute("aria-invalid", length > MOST);
    if (length > MOST) text.setAttribute("aria-invalid", "true");
    count.classList.toggle("over", length > MOST);
    count.textContent = this.#count(length);
  }

  #count(length) {
    const words = this.#words;
    if (length > MOST) return words.say("count_over", { over: words.number(length - MOST) });
    if (length < COUNT_FROM) return "";
    return words.say("count", { count: words.number(length), most: words.number(MOST) });
  }

  #typed() {
    this.redraw();
    this.#cid ??= uuid();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#on.draft(this.text), DRAFT_AFTER);
    const now = Date.now();
    if (!this.text.trim() || now - this.#told < TYPING_EVERY) return;
    this.#told = now;
    this.#on.typing();
  }

  #send() {
    const text = this.text.trim();
    if (!text || [...text].length > MOST) {
      this.focus();
      return;
    }
    const cid = this.#cid ?? uuid();
    this.#cid = null;
    this.#told = 0;
    clearTimeout(this.#timer);
    this.text = "";
    this.#on.draft("");
    this.#on.send(cid, text);
    this.focus();
  }
}
