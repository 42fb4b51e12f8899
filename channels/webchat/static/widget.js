/* Crossdesk: the round button and the chat panel that a shop puts on its pages.
 *
 *   <script src="https://support.example/widget.js" async
 *     data-lang="de" data-theme="auto|light|dark" data-color="#1d4ed8" data-label="Chat" data-dir="ltr|rtl"></script>
 *
 * The shop's own policy need only allow our origin in `script-src` and `frame-src`. Pages may call
 * Crossdesk.open(draft?), Crossdesk.close() and Crossdesk.toggle().
 */
(() => {
  "use strict";
  const tag = document.currentScript || document.querySelector('script[src*="/widget.js"]');
  if (window.Crossdesk || !tag) return;
  const { lang = navigator.language, theme = "auto", color = "#3350c8", label, dir } = tag.dataset;
  const page = new URL("webchat/frame", tag.src);
  const PREFIX = "crossdesk:";
  const names = { de: "Chat mit dem Support", es: "Chat de atención al cliente", fr: "Chat du service client",
    ru: "Чат с поддержкой", ja: "サポートとチャット", ko: "고객 상담 채팅", zh: "联系客服", hant: "聯絡客服" };
  const hant = /^(yue|zh(?!.*hans).*(hant|tw|hk|mo))/i.test(lang);
  const name = label || names[hant ? "hant" : lang.toLowerCase().split(/[-_]/)[0]] || "Chat with support";
  let frame, ready, state = { do: "state", open: false };

  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // unlike <style>, not subject to the shop's style-src
  sheet.replaceSync(`
    :host { all: initial; position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000; }
    button { position: relative; display: block; width: 60px; height: 60px; padding: 0; border: 0; border-radius: 50%;
      background: var(--fill); color: var(--ink); cursor: pointer; box-shadow: 0 2px 6px #0003, 0 8px 28px #0003; }
    button:focus-visible { outline: 3px solid var(--fill); outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round;
      stroke-linejoin: round; vertical-align: middle; }
    path { display: none; }
    [aria-expanded=false] .chat, [aria-expanded=true] .shut { display: inline; }
    b { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-width: 22px; box-sizing: border-box;
      padding: 0 5px; border: 2px solid #fff; border-radius: 12px; background: #b3261e; color: #fff;
      font: 700 12px/18px system-ui, sans-serif; }
    b:empty { display: none; }
    iframe { position: absolute; inset-block-end: 76px; inset-inline-end: 0; width: 400px; height: 680px;
      max-width: calc(100vw - 40px); max-height: calc(100vh - 116px); border: 0; border-radius: 18px; background: Canvas;
      color-scheme: light dark; box-shadow: 0 0 1px #0006, 0 16px 56px #0004; visibility: hidden; opacity: 0;
      transform: translateY(12px); transition: opacity .18s, transform .18s, visibility 0s .18s; }
    iframe.open { visibility: visible; opacity: 1; transform: none; transition-delay: 0s; }
    @media (max-width: 480px), (max-height: 440px) { iframe { position: fixed; inset: 0; width: 100%; height: 100%;
      max-width: none; max-height: none; border-radius: 0; } .open ~ button { display: none; } }
    @media (prefers-reduced-motion) { iframe { transition: none; } }
    @media (forced-colors: active) { button, iframe { border: 2px solid; } }`);
  shadow.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  const badge = document.createElement("b");
  const svg = (tagName, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tagName);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    return node;
  };
  const icon = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  icon.append(
    svg("path", { class: "chat", d: "M12 4c4.7 0 8.5 3.3 8.5 7.4s-3.8 7.4-8.5 7.4c-1.1 0-2.2-.2-3.2-.5L4 20l1.4-3.9a6.9 6.9 0 0 1-1.9-4.7C3.5 7.3 7.3 4 12 4zM8.5 10h7m-7 3.3h4.5" }),
    svg("path", { class: "shut", d: "m6 9.5 6 6 6-6" }),
  );
  button.type = "button";
  button.append(icon, badge);
  button.onclick = () => show(!state.open);

  // The shop's own storage is the frame's second choice, for browsers that give an embedded page none.
  const storage = (area, act) => { try { return act(window[area]); } catch { return null; } };
  const kept = () => ["localStorage", "sessionStorage"].flatMap((area) => storage(area, (store) =>
    Object.entries(store).filter(([key]) => key.startsWith(PREFIX)).map(([key, value]) => [key.slice(PREFIX.length), value])) || []);
  const keep = (area, key, value) => storage(area, (store) =>
    value === null ? store.removeItem(PREFIX + key) : store.setItem(PREFIX + key, value));
  const tell = (more) => {
    if (!ready) return;
    frame.contentWindow.postMessage({ crossdesk: 1, ...state, ...more }, page.origin);
    state = { ...state, draft: "", focus: false }; // given once
  };

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== page.origin || !frame || source !== frame.contentWindow || data?.crossdesk !== 1) return;
    ready = true; // before this the frame may still be an empty page of the shop's own origin
    if (data.do === "ready") tell({ kept: kept() });
    if (data.do === "close") show(false);
    if (data.do === "keep") keep(data.tab ? "sessionStorage" : "localStorage", `${data.key}`, data.value === null ? null : `${data.value}`);
    if (data.do === "unread") count(Number(data.count) || 0);
  });

  function count(unread) {
    badge.textContent = unread > 9 ? "9+" : unread || "";
    button.setAttribute("aria-label", unread ? `${name} (${unread})` : name);
  }

  function load() {
    if (frame && !ready) frame.src = page; // it could not be reached; once more
    if (frame) return;
    frame = document.createElement("iframe");
    page.search = new URLSearchParams({ lang: tag.dataset.lang || "", theme, color, dir: dir || getComputedStyle(host).direction });
    frame.title = name;
    frame.referrerPolicy = "origin"; // tells the frame whom to answer; the rest of the address stays here
    frame.src = page;
    if (theme !== "auto") frame.style.colorScheme = theme;
    shadow.prepend(frame);
  }

  function show(open, text = "", quietly = false) {
    load();
    state = { do: "state", open, draft: text, focus: open && !quietly };
    frame.classList.toggle("open", open);
    button.setAttribute("aria-expanded", open);
    keep("sessionStorage", "open", open ? "1" : null);
    keep("localStorage", "met", "1");
    tell();
    if (!quietly) (open ? frame : button).focus();
  }

  function begin() {
    host.style.setProperty("--fill", CSS.supports("color", color) ? color : "#3350c8");
    document.body.append(host);
    shadow.append(button);
    shadow.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.open) show(false); });
    const [red, green, blue] = getComputedStyle(button).backgroundColor.match(/[\d.]+/g).map((part) => (part / 255) ** 2.2);
    host.style.setProperty("--ink", 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff");
    button.setAttribute("aria-expanded", "false");
    count(0);
    if (storage("sessionStorage", (store) => store.getItem(PREFIX + "open")) && innerWidth > 480) {
      show(true, "", true); // a page that loads must not pull the keyboard away
    } else if (storage("localStorage", (store) => store.getItem(PREFIX + "met"))) load(); // who has talked before sees news
    window.Crossdesk = { open: (text) => show(true, text), close: () => show(false), toggle: () => show(!state.open) };
  }
  document.body ? begin() : addEventListener("DOMContentLoaded", begin);
})();
