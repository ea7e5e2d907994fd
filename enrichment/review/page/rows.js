// One line of the list: a pattern, or a product.
const HEIGHTS = { pattern: { wide: 114, narrow: 228 }, product: { wide: 112, narrow: 236 } };
const NARROW = window.matchMedia("(max-width: 760px)");

function heightOf(kind) { return HEIGHTS[kind][NARROW.matches ? "narrow" : "wide"]; }

function thumbnail(row, side) {
  const name = PICTURES.get(row);
  if (!name) {
    const note = PICTURELESS.has(row) ? "no picture" : "picture not shown";
    return el("span", { class: "thumb none", title: note, text: (text(row, "group") || "?").slice(0, 2) });
  }
  return el("img", { class: "thumb", src: `thumbs/${name}.jpg`, width: side, height: side, alt: ROWS.name[row] || "picture" });
}

function chip(value, kind) { return el("span", { class: "chip " + kind, text: value }); }
/** What is new is new because data came, and a reason that names the mover says the cause: neither needs the word twice. */
const MOVERS = { model_changed: "model", taxonomy_migrated: "taxonomy", rule_override: "rule", review_decided: "decision" };
function causeChip(change, cause, reasons) {
  const told = (change === "new" && cause === "data") || reasons.split(" ").some((reason) => MOVERS[reason] === cause);
  return cause && !told ? chip(words(CAUSE_WORDS, cause), "cause " + cause) : null;
}
function reasonChips(told) {
  return told.split(" ").filter(Boolean).map((reason) => chip(words(REASON_WORDS, reason), Object.hasOwn(MOVERS, reason) ? "cause " + MOVERS[reason] : "reason"));
}

/** Levels are compared one by one; a shorter path says nothing of where its levels stand: there any place will do. */
function differs(level, at, against) { return against.length < 4 ? !against.includes(level) : against[at] !== level; }

/** A path as a line of levels; those that differ from `other` are marked, DEF and the like stand as sent. */
function pathLine(label, path, other) {
  const line = el("p", { class: "path " + label });
  line.append(el("span", { class: "label", text: label }));
  const levels = levelsOf(path), against = other === undefined ? null : levelsOf(other);
  if (!levels.length) line.append(el("span", { class: "missing", text: label === "sent" ? "no hierarchy sent" : "not placed" }));
  levels.forEach((level, at) => {
    if (at) line.append(el("span", { class: "slash", text: "/" }));
    const changed = against !== null && differs(level, at, against);
    line.append(el(changed ? "mark" : "span", { text: level || "(blank)", title: changed ? `${LEVELS[at]} changed` : null }));
  });
  if (against && levels.length && against.length > levels.length) line.append(el("span", { class: "missing", text: " and no deeper" }));
  return line;
}

/** Five bars, division to category; the number says what the bar shows, so that colour is never alone. */
const SHORT_LEVELS = ["div", "dept", "class", "sub", "cat"];
function confidenceBars(row) {
  const bars = el("div", { class: "bars", "aria-label": "Confidence by level" });
  LEVELS.forEach((level, at) => {
    const share = confidence(row, at + 1);
    if (share === null) return;
    const fill = el("i");
    fill.style.width = share + "%";
    bars.append(el("span", { class: "level", text: SHORT_LEVELS[at] }), el("span", { class: "track" }, fill), el("b", { text: share }));
  });
  if (!bars.childElementCount) bars.append(el("span", { class: "missing", text: "no confidence" }));
  return bars;
}

function action(label, key, call, kind = "") {
  const click = (event) => { event.stopPropagation(); call(); };
  return el("button", { type: "button", class: "act " + kind, title: `${label} (${key})`, on: { click }, text: label });
}

function judge(row, verdict, more = {}) { decide([row], verdict, { ...more, audit: FILTER.tab === "audit" }); }

function verdictBadge(row) {
  const item = STATE.get(row);
  if (!item) return null;
  if (SPLIT.has(row)) return el("span", { class: "verdict split", text: "! reviewers disagree", title: splitText(row) });
  const told = item.entry.value ? `${words(VERDICT_WORDS, item.entry.decision)}: ${item.entry.value}` : words(VERDICT_WORDS, item.entry.decision);
  return el("span", { class: "verdict " + item.entry.decision, text: told });
}

/** All marks of a product, what asks for attention and what people said first: a line that is full folds the last. */
function marksOf(row) { return el("p", { class: "marks" }, ...alarms(row), ...changeChips(row), ...reasonChips(text(row, "reasons"))); }

function alarms(row) {
  const marks = [];
  if (EXPIRED.has(row)) marks.push(chip("decision not in force", "alarm"));
  if (CONFLICTS.has(row)) marks.push(chip("reviewers disagree", "alarm"));
  if (BACK.has(row)) marks.push(chip("back from snooze", "alarm"));
  for (const [verdict, who, day, value] of HUMAN.get(row) || []) {
    const until = verdict === "snooze" ? ` until ${value}` : "";
    marks.push(chip(`${words(VERDICT_WORDS, verdict).toLowerCase()}${until} by ${who}, ${day}`, "human"));
  }
  return marks;
}

function changeChips(row) {
  const change = text(row, "change");
  return [chip(words(CHANGE_WORDS, change), "change"), causeChip(change, text(row, "cause"), text(row, "reasons"))].filter(Boolean);
}

/** Where a line has no place for all its marks, a button counts the others, names them and opens the product. */
const MORE_WIDTH = 40;
function foldMarks(nodes) {
  const lines = nodes.map((node) => node.querySelector(".marks")).filter(Boolean);
  lines.forEach((line) => { line.querySelector(".more")?.remove(); [...line.children].forEach((mark) => { mark.hidden = false; }); });
  // Measured all at once, then changed: one layout and not one a line.
  const kept = lines.map((line) => {
    const marks = [...line.children], end = line.getBoundingClientRect(), bottom = Math.min(end.bottom, line.closest(".item").getBoundingClientRect().bottom - 3);
    let at = marks.findIndex((mark) => mark.getBoundingClientRect().bottom > bottom + 1);
    if (at < 0) return marks.length;
    while (at > 1 && marks[at - 1].getBoundingClientRect().right + MORE_WIDTH > end.right) at -= 1;
    return at;
  });
  lines.forEach((line, at) => fold(line, [...line.children].slice(kept[at])));
}

function fold(line, rest) {
  if (!rest.length) return;
  const told = rest.map((mark) => mark.textContent).join(", "), row = Number(line.closest(".item").dataset.row);
  rest.forEach((mark) => { mark.hidden = true; });
  line.append(el("button", { type: "button", class: "chip more", title: told, "aria-label": `${rest.length} further marks: ${told}`, on: { click: () => openDetail(row) }, text: "+" + rest.length }));
}

function buildProduct(row) {
  const change = text(row, "change");
  const open = () => openDetail(row);
  const told = el("div", { class: "told" },
    el("h3", { text: ROWS.name[row] || "(no name)" }),
    el("p", { class: "sub" }, el("b", { text: text(row, "vendor") }), " ", el("code", { text: ROWS.sku[row] })),
    marksOf(row));
  const paths = el("div", { class: "paths" }, pathLine("sent", text(row, "sent")));
  if (change !== "new") paths.append(pathLine("was", text(row, "previous")));
  if (change !== "withdrawn") paths.append(pathLine("now", text(row, "path"), change === "new" ? text(row, "sent") : text(row, "previous")));
  const asked = [["Accept", "a", "accept", "yes"], ["Reject", "r", "reject", "no"], ["Lock", "l", "lock", ""]].filter(([, , verdict]) => takes(row, verdict));
  const buttons = el("div", { class: "acts" },
    ...asked.map(([label, key, verdict, kind]) => action(label, key, () => judge(row, verdict), kind)), action("More", "Enter", open));
  const side = el("div", { class: "side" }, verdictBadge(row), buttons);
  const item = STATE.get(row);
  const node = el("article", { class: "item product" + (item ? " done" : ""), data: { row, sku: ROWS.sku[row] }, on: { dblclick: open } });
  node.append(thumbnail(row, 84), told, paths, confidenceBars(row), side);
  return node;
}

// By pattern: the level chosen as the first wrong one.
const WRONG_FROM = new Map();
function judgePattern({ at, rows }, verdict) {
  const level = verdict === "reject" ? WRONG_FROM.get(at) || "" : "", to = placeAfterReject(rows[0], level);
  const then = to ? `. They go back to ${to}` : ". They stood nowhere before: they are left unplaced until somebody names the level that is wrong, or a right path";
  decide(rows, verdict, { level }, verdict === "reject" ? then : "");
}

/** For products that stood nowhere before: what lies above the level chosen stays. */
function wrongFrom(at, rows) {
  if (placeAfterReject(rows[0], "")) return null;
  const levels = LEVELS.slice(1, levelsOf(text(rows[0], "path")).length);
  const select = el("select", { "aria-label": "Wrong from", on: { change: (event) => WRONG_FROM.set(at, event.target.value) } },
    el("option", { value: "", text: "wrong from…" }), ...levels.map((name) => el("option", { value: name, text: name })));
  select.value = WRONG_FROM.get(at) || "";
  return select;
}

function buildPattern({ at, rows }) {
  const pattern = PATTERNS[at], decided = rows.filter((row) => STATE.has(row));
  const change = patternText(at, "change"), origin = patternText(at, "origin"), to = patternText(at, "to");
  const open = () => setFilter({ tab: "products", pattern: at });
  const size = el("div", { class: "size" }, el("b", { text: count(pattern[PATTERN.count]) }), el("span", { text: pattern[PATTERN.count] === 1 ? "product" : "products" }),
    rows.length !== pattern[PATTERN.count] ? el("small", { text: `${count(rows.length)} shown` }) : null);
  const told = el("div", { class: "told wide" },
    el("p", { class: "sub" }, el("b", { text: patternText(at, "vendor") }), " ", chip(words(CHANGE_WORDS, change), "change"), causeChip(change, patternText(at, "cause"), patternText(at, "reason")), ...reasonChips(patternText(at, "reason"))),
    pathLine(change === "new" ? "sent" : "was", origin),
    change === "withdrawn" ? null : pathLine("now", to, origin),
    el("p", { class: "sub", text: `confidence at least ${sureness(pattern[PATTERN.least])}, median ${sureness(pattern[PATTERN.middle])}` }));
  const thumbs = el("div", { class: "thumbs" }, ...pattern[PATTERN.shown].map((row) => thumbnail(row, 56)));
  const buttons = el("div", { class: "acts" },
    action("Accept all", "a", () => judgePattern({ at, rows }, "accept"), "yes"), ...(takes(rows[0], "reject") ? [action("Reject all", "r", () => judgePattern({ at, rows }, "reject"), "no"), wrongFrom(at, rows)] : []).filter(Boolean), action("Open", "Enter", open));
  const state = decided.length ? el("span", { class: "verdict", text: `${count(decided.length)} of ${count(rows.length)} decided: ${tally(decided).join(", ")}` }) : null;
  const node = el("article", { class: "item pattern" + (decided.length === rows.length ? " done" : ""), data: { pattern: at }, on: { dblclick: open } });
  node.append(size, told, thumbs, el("div", { class: "side" }, state, buttons));
  return node;
}
