/* Plain text with Markdown emphasis, links and lists, as DOM nodes. Nothing is ever parsed as HTML:
 * every piece of the text ends in a text node, and an address in an href only after its scheme was checked. */

const BULLET = /^ {0,3}[-*•] +(?=\S)/;
const NUMBER = /^ {0,3}(\d{1,3})[.)] +(?=\S)/;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const DEEPEST = 4; // emphasis in emphasis in a link ... beyond this it is text
const WEB = String.raw`\bhttps?:\/\/[^\s<>"'\x60*，。；：！？、（）【】《》「」]+`;
const WEB_HERE = new RegExp(WEB, "iuy");
const BARE = new RegExp(String.raw`${WEB}|[\w.+\-]{1,64}@[a-z\d\-]{1,63}(?:\.[a-z\d\-]{1,63})+`, "giu");
const WORD = /[\p{L}\p{N}_]/u;

/** Build the nodes of one message. */
export function markup(text) {
  const whole = document.createDocumentFragment();
  for (const block of blocks(text.replace(/\r\n?/g, "\n").split("\n"))) {
    whole.append(block.tag === "p" ? paragraph(block.lines) : list(block));
  }
  return whole;
}

/** Lines as blocks: a paragraph ends at an empty line or where a list begins, a list where plain text begins. */
function blocks(lines) {
  const found = [];
  let open = null;
  for (const line of lines) {
    if (!line.trim()) {
      if (open?.tag === "p") open = null; // a list goes on: its entries may stand apart
      continue;
    }
    const number = NUMBER.exec(line);
    const tag = number ? "ol" : BULLET.test(line) ? "ul" : "p";
    if (open?.tag !== tag) {
      open = { tag, lines: [], start: number ? Number(number[1]) : 1 };
      found.push(open);
    }
    open.lines.push(tag === "p" ? line : line.replace(number ? NUMBER : BULLET, ""));
  }
  return found;
}

function paragraph(lines) {
  const node = document.createElement("p");
  lines.forEach((line, index) => {
    if (index) node.append(document.createElement("br"));
    inline(node, line, 0);
  });
  return node;
}

function list({ tag, lines, start }) {
  const node = document.createElement(tag);
  if (tag === "ol" && start !== 1) node.start = start;
  for (const line of lines) inline(node.appendChild(document.createElement("li")), line, 0);
  return node;
}

/** Append one line to a node: escapes, links and emphasis first, bare addresses in what is left. */
function inline(node, text, depth) {
  let plain = "";
  const flush = () => {
    if (plain) addresses(node, plain, depth);
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    if (text[at] === "\\" && /[\\*_[\]()]/.test(text[at + 1] ?? "")) {
      plain += text[at + 1];
      at += 2;
      continue;
    }
    const found = depth < DEEPEST ? (link(text, at) ?? emphasis(text, at)) : null;
    if (found) {
      flush();
      inline(node.appendChild(found.node), found.inner, depth + 1);
      at = found.end;
    } else {
      const address = addressAt(text, at);
      plain += address || text[at];
      at += address.length || 1;
    }
  }
  flush();
}

/** A bare address that starts here; taken whole, so that an underscore in it is not emphasis. */
function addressAt(text, at) {
  WEB_HERE.lastIndex = at;
  return WEB_HERE.exec(text)?.[0] ?? "";
}

function link(text, at) {
  if (text[at] !== "[") return null;
  const close = text.indexOf("](", at + 1);
  const end = close < 0 ? -1 : text.indexOf(")", close + 2);
  const label = text.slice(at + 1, close);
  if (end < 0 || !label.trim() || label.includes("[")) return null;
  const node = anchor(text.slice(close + 2, end).trim());
  return node && { node, inner: label, end: end + 1 };
}

function emphasis(text, at) {
  const mark = text[at];
  if (mark !== "*" && mark !== "_") return null;
  const run = text[at + 1] === mark ? mark + mark : mark;
  const from = at + run.length;
  if (!text[from] || /\s/.test(text[from]) || (mark === "_" && WORD.test(text[at - 1] ?? ""))) return null;
  for (let end = text.indexOf(run, from + 1); end > 0; end = text.indexOf(run, end + 1)) {
    const after = text[end + run.length] ?? "";
    const doubled = run.length === 1 && (after === mark || text[end - 1] === mark);
    if (!/\s/.test(text[end - 1]) && !doubled && !(mark === "_" && WORD.test(after))) {
      const node = document.createElement(run.length === 2 ? "strong" : "em");
      return { node, inner: text.slice(from, end), end: end + run.length };
    }
  }
  return null;
}

function addresses(node, text, depth) {
  let from = 0;
  const inLink = node.closest?.("a") || depth > DEEPEST;
  for (const found of inLink ? [] : text.matchAll(BARE)) {
    const address = found[0].replace(found[0].includes("(") ? /[.,;:!?]+$/ : /[.,;:!?)\]]+$/, "");
    const target = anchor(/^https?:/i.test(address) ? address : `mailto:${address}`);
    if (!target) continue;
    node.append(text.slice(from, found.index), target);
    target.textContent = address;
    from = found.index + address.length;
  }
  node.append(text.slice(from));
}

/** A link that opens apart and tells the far side nothing of us; null unless it is http, https or mailto. */
function anchor(address) {
  let target;
  try {
    target = new URL(address);
  } catch {
    return null;
  }
  if (!SCHEMES.has(target.protocol)) return null;
  const node = document.createElement("a");
  node.href = target.href;
  node.rel = "noopener noreferrer";
  node.target = "_blank";
  return node;
}
