// What the reviewers decided: a log of entries, the state it leads to, and undo.
const LOG = [];
// By row: its entries, those not taken back (oldest first), the newest of these, and what reviewers contradict each other by.
const ENTRIES = new Map(), KEPT = new Map(), STATE = new Map(), SPLIT = new Map();
const SAYS_RIGHT = ["accept", "lock"], SAYS_WRONG = ["reject", "correct"], PINS = ["lock", "correct"], RULINGS = ["lock", "correct", "reject"];
let sequence = 0, lastPress = 0;

function reviewerName() { return byId("reviewer").value.trim(); }

/** The time of a press: no two of one page share theirs, as what shares it is undone together; never before `after`. */
function pressTime(after = 0) {
  lastPress = Math.max(Date.now(), lastPress + 1);
  return new Date(Math.max(lastPress, after + 1)).toISOString();
}

/** The ledger's record of one decision on a row (fields of ledger.py). */
function entryOf(row, verdict, at, more) {
  return {
    vendor: text(row, "vendor"), sku: ROWS.sku[row], decision: verdict, path: text(row, "path"),
    previous: text(row, "change") === "refiled" ? text(row, "previous") : "", content: ROWS.content[row],
    reviewer: reviewerName(), at, run_id: DATA.run.run_id, level: more.level || "",
    value: more.value || "", comment: more.comment || "", seq: sequence++, audit: Boolean(more.audit),
  };
}

/** Why a decision on a row would do nothing tomorrow; empty where it would. */
function whyNot(row, verdict) {
  if (verdict === "accept") return "";
  // Of what is gone no path is right or wrong, and nobody can be asked about it any more.
  if (text(row, "change") === "withdrawn") return "It has left the catalogue: accept is all there is to say";
  if (text(row, "path")) return "";
  if (verdict === "lock") return "It is not placed: there is no path to lock. Correct it: give the right path";
  // What is nowhere now, but was somewhere, goes back there.
  return verdict === "reject" && !placeAfterReject(row, "") ? "It is not placed: there is no path to reject. Correct it: give the right path" : "";
}
function takes(row, verdict) { return !whyNot(row, verdict); }

function decide(rows, verdict, more = {}, then = "") {
  if (!reviewerName()) return askWho(() => decide(rows, verdict, more, then));
  const open = rows.filter((row) => takes(row, verdict)), at = pressTime();
  if (!open.length) return toast(whyNot(rows[0], verdict));
  addToLog(open.map((row) => ({ row, entry: entryOf(row, verdict, at, more), saved: false })));
  afterDecision(`${words(VERDICT_WORDS, verdict)}: ${plural(open.length, "product", "products")}${then}`);
}

/** Where a rejected row goes as in obey.py: back to where it stood, else above the level found wrong; empty for nowhere. */
function placeAfterReject(row, level) {
  const back = text(row, "change") === "refiled" ? text(row, "previous") : "";
  return back || (level ? levelsOf(text(row, "path")).slice(0, LEVELS.indexOf(level)).join(SEPARATOR) : "");
}

/** Undo all of the reviewer's own last press, also after a reload; what others decided is theirs to take back. */
function undoLast() {
  const own = [...KEPT.values()].flat().filter((item) => item.entry.reviewer === reviewerName());
  if (!own.length) return toast("Nothing of yours to undo");
  const last = own.reduce((newest, item) => (inOrder(newest, item) > 0 ? newest : item));
  const press = own.filter((item) => item.entry.at === last.entry.at), at = pressTime(moment(last));
  dropFromLog(press.filter((item) => !item.saved));
  addToLog(press.filter((item) => item.saved).map((item) => undoItem(item, at)));
  afterDecision(`Undone: ${plural(press.length, "product", "products")}`);
}

/** What has left the page cannot be unsaid, only taken back: the ledger gets an entry that says so. */
function undoItem(item, at = pressTime(moment(item))) {
  return { row: item.row, entry: { ...item.entry, decision: "undo", value: "", comment: "", at, seq: sequence++ }, saved: false };
}

function addToLog(items) {
  for (const item of items) {
    LOG.push(item);
    if (!ENTRIES.has(item.row)) ENTRIES.set(item.row, []);
    ENTRIES.get(item.row).push(item);
  }
  settle(items);
}

function dropFromLog(items) {
  const dropped = new Set(items);
  keepInPlace(LOG, (item) => !dropped.has(item));
  items.forEach(({ row }) => keepInPlace(ENTRIES.get(row), (item) => !dropped.has(item)));
  settle(items);
}

function keepInPlace(list, keep) {
  let end = 0;
  for (const item of list) if (keep(item)) list[end++] = item;
  list.length = end;
}

function moment(item) { return Date.parse(item.entry.at) || 0; }
/** By time, then by the reviewer's own count; as in ledger.py, however the entries came here. */
function inOrder(a, b) { return moment(a) - moment(b) || a.entry.seq - b.entry.seq; }

/** Work out anew what stands on the rows of `items`. */
function settle(items) {
  for (const row of new Set(items.map((item) => item.row))) {
    const kept = notUndone(ENTRIES.get(row)), standing = standingEntries(kept);
    [KEPT, STATE, SPLIT].forEach((map) => map.delete(row));
    if (!kept.length) continue;
    KEPT.set(row, kept);
    STATE.set(row, kept.at(-1));
    if (contradict(standing)) SPLIT.set(row, standing);
  }
}

/** As in standing.py: an undo takes back its own reviewer's newest entry about the same run, path and content. */
function notUndone(items) {
  const kept = [];
  for (const item of items.slice().sort(inOrder)) {
    if (item.entry.decision !== "undo") { kept.push(item); continue; }
    const at = kept.findLastIndex(({ entry }) => ["reviewer", "run_id", "path", "content"].every((name) => entry[name] === item.entry[name]));
    if (at >= 0) kept.splice(at, 1);
  }
  return kept;
}

/** As in standing.py: each reviewer's entries that the same reviewer's newer ones leave. */
function standingEntries(kept) {
  let standing = [];
  for (const { entry } of kept) {
    const same = (old) => old.reviewer === entry.reviewer && old.content === entry.content;
    standing = [...standing.map((old) => (same(old) ? beside(old, entry) : old)).filter(Boolean), entry];
  }
  return standing;
}

function pinnedPath(entry) { return PINS.includes(entry.decision) ? (entry.decision === "lock" ? entry.path : entry.value) : null; }

/** What is left of a reviewer's older entry beside the newer one. */
function beside(old, entry) {
  if (!RULINGS.includes(old.decision)) return null;
  if (!RULINGS.includes(entry.decision)) return entry.decision === "accept" && SAYS_WRONG.includes(old.decision) && old.path === entry.path ? null : old;
  const was = pinnedPath(old), right = pinnedPath(entry);
  if (old.path === entry.path || old.path === right) return null;
  if (was === null || (right === null && entry.path !== was)) return old;
  return old.decision === "correct" ? { ...old, decision: "reject", value: "" } : null;
}

/** As in standing.py: entries about one content that cannot all hold. */
function contradict(standing) {
  return standing.some(({ content }) => {
    const said = standing.filter((entry) => entry.content === content), right = new Set(), wrong = new Set();
    const pins = (who) => said.some((entry) => entry.reviewer === who && PINS.includes(entry.decision));
    for (const entry of said) {
      if (entry.decision === "accept" && pins(entry.reviewer)) continue;
      if (SAYS_RIGHT.includes(entry.decision)) right.add(entry.path);
      if (SAYS_WRONG.includes(entry.decision)) wrong.add(entry.path);
      if (entry.decision === "correct") right.add(entry.value);
    }
    return right.size > 1 || [...right].some((path) => wrong.has(path));
  });
}

/** Who says what of a row on which reviewers disagree: "ada: locked, bo: rejected". */
function splitText(row) {
  return SPLIT.get(row).filter((entry) => SAYS_RIGHT.includes(entry.decision) || SAYS_WRONG.includes(entry.decision))
    .map((entry) => `${entry.reviewer}: ${words(VERDICT_WORDS, entry.decision).toLowerCase()}${entry.value ? " to " + entry.value : ""}`).join(", ");
}

/** Take over entries that were saved earlier or come from a file; returns how many fitted this run. */
function takeOver(entries, saved) {
  const rowOf = new Map(ROWS.sku.map((sku, row) => [text(row, "vendor") + "\u001f" + sku, row]));
  const known = new Map(LOG.map((item) => [JSON.stringify(item.entry), item])), taken = [];
  for (const entry of entries) {
    const row = rowOf.get(entry.vendor + "\u001f" + entry.sku), key = JSON.stringify(entry), here = known.get(key);
    // A draft that the ledger holds too has left the page.
    if (here) here.saved = here.saved || saved;
    if (row === undefined || entry.run_id !== DATA.run.run_id || here) continue;
    known.set(key, { row, entry, saved });
    taken.push(known.get(key));
    sequence = Math.max(sequence, entry.seq + 1);
  }
  addToLog(taken);
  return taken.length;
}

const DISPUTED = "disputed";
function stateOf(row) { return SPLIT.has(row) ? DISPUTED : STATE.get(row).entry.decision; }

/** How many of `rows` are accepted, rejected and so on, in words. */
function tally(rows) {
  const counts = {};
  for (const row of rows) if (STATE.has(row)) counts[stateOf(row)] = (counts[stateOf(row)] || 0) + 1;
  return [...Object.keys(VERDICT_WORDS), DISPUTED].filter((name) => counts[name])
    .map((name) => `${count(counts[name])} ${words(VERDICT_WORDS, name).toLowerCase()}`);
}

function afterDecision(message) {
  keepDraft();
  saveSoon();
  refreshDock();
  refreshAudit();
  redraw();
  if (message) toast(message);
}

function refreshDock() {
  byId("tally").textContent = tally(STATE.keys()).join(" · ") || "No decisions yet";
  byId("undo").disabled = STATE.size === 0;
}

// A draft survives a closed tab; where the browser forbids storage the export remains.
function draftKey() { return "enrich-review-" + DATA.run.run_id; }
function keepDraft() {
  try {
    localStorage.setItem(draftKey(), JSON.stringify(LOG.map((item) => item.entry)));
    localStorage.setItem("enrich-reviewer", reviewerName());
  } catch { byId("saved").textContent = "This browser keeps no draft: export before closing"; }
}
function loadDraft() {
  try {
    byId("reviewer").value = localStorage.getItem("enrich-reviewer") || "";
    return takeOver(JSON.parse(localStorage.getItem(draftKey()) || "[]"), false);
  } catch { return 0; }
}
