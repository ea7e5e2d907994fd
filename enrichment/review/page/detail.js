// The drawer: everything known of one product, and the decisions that need more than a key.
const CHUNK = 100;
const DETAILS = new Map();
const WAITING = new Map();
let openRow = -1;
// Decides on the open product with what its form holds.
let giveOpen = null;

/** Called by the files in details/. */
function enrichDetails(chunk, records) {
  DETAILS.set(chunk, records);
  (WAITING.get(chunk) || []).forEach((call) => call());
  WAITING.delete(chunk);
}

function withDetails(row, call) {
  const chunk = Math.floor(row / CHUNK);
  if (DETAILS.has(chunk)) return call(DETAILS.get(chunk)[row % CHUNK]);
  const done = () => call(DETAILS.has(chunk) ? DETAILS.get(chunk)[row % CHUNK] : null);
  if (WAITING.has(chunk)) return WAITING.get(chunk).push(done);
  WAITING.set(chunk, [done]);
  const script = el("script", { src: `details/${String(chunk).padStart(4, "0")}.js` });
  script.addEventListener("error", () => { const calls = WAITING.get(chunk) || []; WAITING.delete(chunk); calls.forEach((one) => one()); });
  return document.head.append(script);
}

function openDetail(row) {
  openRow = row;
  byId("detail").hidden = false;
  document.body.classList.add("drawer");
  foldMarks([...LIST.nodes.values()]);
  drawDetail(row, undefined);
  withDetails(row, (record) => { if (openRow === row) drawDetail(row, record); });
}

function closeDetail() {
  openRow = -1;
  byId("detail").hidden = true;
  document.body.classList.remove("drawer");
  foldMarks([...LIST.nodes.values()]);
}

function drawDetail(row, record) {
  const close = el("button", { type: "button", class: "close", "aria-label": "Close (Esc)", on: { click: closeDetail }, text: "×" });
  const head = el("div", { class: "head" }, thumbnail(row, 176), el("div", {}, el("h2", { text: (record && record.name) || ROWS.name[row] || "(no name)" }),
    el("p", { class: "sub" }, el("b", { text: text(row, "vendor") }), " ", el("code", { text: ROWS.sku[row] })), marksOf(row), verdictBadge(row),
    SPLIT.has(row) ? el("p", { class: "warn", text: `${splitText(row)}. The program's answer stands until one of them decides anew.` }) : null));
  const parts = [close, head, decisionForm(row), pathsPart(row, record)];
  if (record === undefined) parts.push(el("p", { class: "sub", text: "Reading evidence…" }));
  else if (record === null) parts.push(el("p", { class: "warn", text: "The folder details/ is not beside this page: evidence cannot be shown." }));
  else parts.push(wordsPart(record), claimsPart(record), similarPart(record), pastPart(row, record));
  byId("detail").replaceChildren(...parts.filter(Boolean));
}

function pathsPart(row, record) {
  const part = el("section", {}, el("h3", { text: "Where it belongs" }), pathLine("sent", text(row, "sent")));
  if (text(row, "previous")) part.append(pathLine("was", text(row, "previous")));
  part.append(pathLine("now", text(row, "path"), text(row, "previous") || text(row, "sent")), confidenceBars(row));
  if (record && record.by) part.append(el("p", { class: "sub", text: "Placed by " + record.by }));
  if (record && record.seen.length) part.append(el("p", { class: "sub", text: "The vendor's levels read as: " + record.seen.map((state, at) => `${LEVELS[at]} ${state}`).join(", ") }));
  return part;
}

/** Offsets of evidence count characters, not the halves that JavaScript strings are made of. */
function highlighted(content, spans) {
  const letters = Array.from(content), marked = new Array(letters.length).fill(null);
  for (const span of spans) for (let at = span.start; at < Math.min(span.end, letters.length); at++) marked[at] = marked[at] || span;
  const node = el("p", { class: "quoted" });
  for (let start = 0, at = 1; at <= letters.length; at++) {
    if (at < letters.length && marked[at] === marked[start]) continue;
    const piece = letters.slice(start, at).join("");
    node.append(marked[start] ? el("mark", { class: marked[start].outcome, text: piece, title: marked[start].title }) : piece);
    start = at;
  }
  return node;
}

function spansOf(record, name) {
  return record.claims.filter((claim) => claim[5] === "span" && claim[6] === name && claim[7] >= 0)
    .map((claim) => ({ start: claim[7], end: claim[8], outcome: claim[10], title: `${claim[0]} = ${claim[1]} (${claim[10]}, ${sureness(claim[4])})` }));
}

function wordsPart(record) {
  if (!record.name && !record.description) return null;
  return el("section", {}, el("h3", { text: "What the vendor wrote" }), highlighted(record.name, spansOf(record, "name")), record.description ? highlighted(record.description, spansOf(record, "description")) : null);
}

/** "look@e8d241" of "look@e8d24126.8b5bd957": enough to tell versions apart, the tooltip has all of it. */
function shortProducer(producer) { return producer.replace(/@(.{6}).*$/, "@$1"); }

function claimsPart(record) {
  if (!record.claims.length) return el("p", { class: "sub", text: "No claims were made about this product." });
  const rows = record.claims.map((claim) => {
    const proof = claim[5] === "image" ? "picture " + claim[6].slice(0, 8) : `${claim[6]}${claim[9] ? ": " + claim[9] : ""}`;
    const outcome = { won: "✓ won", lost: "✕ lost", ignored: "– ignored" };
    return el("tr", { class: claim[10] }, ...[words({}, claim[0]), words({}, claim[1]), claim[2], sureness(claim[4]), proof, words(outcome, claim[10])].map((cell) => el("td", { text: cell })), el("td", { text: shortProducer(claim[3]), title: claim[3] }));
  });
  const heads = ["Attribute", "Value", "Source", "Sure", "Proof", "Outcome", "By"].map((head) => el("th", { text: head }));
  return el("section", {}, el("h3", { text: "Evidence" }), el("table", { class: "claims" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    record.claims_left ? el("p", { class: "sub", text: `and ${record.claims_left} more in attribute_claims` }) : null);
}

function similarPart(record) {
  if (!record.similar.length) return null;
  const rows = record.similar.map((near) => el("li", {}, near.picture ? el("img", { class: "thumb", src: `thumbs/${near.picture}.jpg`, width: 56, height: 56, alt: "" }) : null, el("div", {}, el("b", { text: near.name || near.sku }), el("span", { class: "sub", text: ` ${near.vendor} ${near.sku}, likeness ${near.cosine.toFixed(2)}${near.accepted ? ", accepted ✓" : ""}` }), el("p", { text: near.path || "not placed" }))));
  return el("section", {}, el("h3", { text: "Looks like" }), el("ul", { class: "similar" }, ...rows));
}

function pastPart(row, record) {
  const rows = record.past.map(([at, who, verdict, path, value, comment]) => el("li", { text: `${at.slice(0, 10)} ${who}: ${words(VERDICT_WORDS, verdict).toLowerCase()} ${value || path}${comment ? " — " + comment : ""}` }));
  const who = [...new Set((CONFLICTS.get(row) || []).map(([name]) => name))].join(" and ");
  const split = who ? el("p", { class: "warn", text: `${who} disagree: the program's answer stands until one of them decides anew.` }) : null;
  return rows.length ? el("section", {}, el("h3", { text: "Earlier decisions" }), split, el("ul", {}, ...rows)) : null;
}

function decisionForm(row) {
  const right = el("input", { list: "nodes", id: "right-path", placeholder: "Right path: Women / Clothing / …", autocomplete: "off" });
  const level = el("select", { id: "wrong-level", "aria-label": "Wrong from" }, el("option", { value: "", text: "wrong from…" }), ...LEVELS.map((name) => el("option", { value: name, text: name })));
  const until = el("input", { type: "date", id: "snooze-until", "aria-label": "Snooze until", min: dayAfter(1), value: dayAfter(7) });
  const comment = el("textarea", { id: "comment", rows: 2, maxlength: 2000, placeholder: "Comment (goes to the ledger; with Ask vendor, to the vendor)" });
  const give = (verdict, more = {}) => {
    const before = STATE.get(row);
    judge(row, verdict, { comment: comment.value.trim(), ...more });
    // What was not taken stays typed.
    if (openRow === row && STATE.get(row) !== before) openDetail(row);
  };
  giveOpen = (verdict) => give(verdict, verdict === "reject" ? { level: level.value } : {});
  const correct = () => {
    const path = cleanPath(right.value);
    if (NODES.has(path)) return give("correct", { value: path });
    right.focus();
    return toast(path ? "No such node: choose one from the list" : "Say where it belongs");
  };
  const snooze = () => (until.value ? give("snooze", { value: until.value }) : until.focus());
  if (!takes(row, "snooze")) return el("section", { class: "form" }, el("div", { class: "acts" }, action("Accept", "a", () => giveOpen("accept"), "yes")), comment);
  return el("section", { class: "form" },
    el("div", { class: "acts" }, action("Accept", "a", () => giveOpen("accept"), "yes"), ...(takes(row, "reject") ? [action("Reject", "r", () => giveOpen("reject"), "no"), level] : []),
      takes(row, "lock") ? action("Lock", "l", () => giveOpen("lock")) : null, action("Ask vendor", "v", () => giveOpen("ask_vendor"))),
    el("div", { class: "acts" }, right, action("Correct", "c", correct)), el("div", { class: "acts" }, until, action("Snooze", "s", snooze)), comment);
}

function dayAfter(days) { return new Date(Date.parse(DATA.run.night + "T00:00:00Z") + days * 86400000).toISOString().slice(0, 10); }
function cleanPath(value) { return value.split("/").map((level) => level.trim()).filter(Boolean).slice(0, 5).join(SEPARATOR); }
