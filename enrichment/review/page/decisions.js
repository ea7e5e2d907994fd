// What the reviewer decided: a log of entries, the state it leads to, and undo.
const LOG = [];
const STATE = new Map();
const BATCHES = [];
let sequence = 0;

function reviewerName() { return byId("reviewer").value.trim(); }

/** The ledger's record of one decision on a row (fields of ledger.py). */
function entryOf(row, verdict, more) {
  return {
    vendor: text(row, "vendor"), sku: ROWS.sku[row], decision: verdict, path: text(row, "path"),
    previous: text(row, "change") === "refiled" ? text(row, "previous") : "", content: ROWS.content[row],
    reviewer: reviewerName(), at: new Date().toISOString(), run_id: DATA.run.run_id, level: more.level || "",
    value: more.value || "", comment: more.comment || "", seq: sequence++, audit: Boolean(more.audit),
  };
}

/** Of what has left the catalogue no path is right or wrong, and nobody can be asked about it any more. */
function takes(row, verdict) { return verdict === "accept" || text(row, "change") !== "withdrawn"; }

function decide(rows, verdict, more = {}) {
  if (!reviewerName()) return askWho(() => decide(rows, verdict, more));
  const open = rows.filter((row) => takes(row, verdict)), batch = [];
  if (!open.length) return toast("It has left the catalogue: accept is all there is to say");
  for (const row of open) {
    const item = { row, entry: entryOf(row, verdict, more), before: STATE.get(row), saved: false };
    LOG.push(item);
    STATE.set(row, item);
    batch.push(item);
  }
  BATCHES.push(batch);
  afterDecision(`${words(VERDICT_WORDS, verdict)}: ${plural(open.length, "product", "products")}`);
}

/** Undo the reviewer's own last action; what others decided is theirs to take back. */
function undoLast() {
  const at = BATCHES.findLastIndex((batch) => batch[0].entry.reviewer === reviewerName());
  if (at < 0) return toast("Nothing of yours to undo");
  const [batch] = BATCHES.splice(at, 1);
  const dropped = new Set();
  for (const item of batch.slice().reverse()) {
    if (STATE.get(item.row) === item) restore(item.row, item.before);
    if (item.saved) LOG.push(undoItem(item));
    else dropped.add(item);
  }
  keepInPlace(LOG, (item) => !dropped.has(item));
  afterDecision(`Undone: ${plural(batch.length, "product", "products")}`);
}

/** What has left the page cannot be unsaid, only taken back: the ledger gets an entry that says so. */
function undoItem(item) {
  const entry = { ...item.entry, decision: "undo", value: "", comment: "", at: new Date().toISOString(), seq: sequence++ };
  return { row: item.row, entry, before: undefined, saved: false };
}

function restore(row, item) {
  if (item) STATE.set(row, item);
  else STATE.delete(row);
}

function keepInPlace(list, keep) {
  let end = 0;
  for (const item of list) if (keep(item)) list[end++] = item;
  list.length = end;
}

/** Take over entries that were saved earlier or come from a file; returns how many fitted this run. */
function takeOver(entries, saved) {
  const rowOf = new Map(ROWS.sku.map((sku, row) => [text(row, "vendor") + "\u001f" + sku, row]));
  const known = new Set(LOG.map((item) => JSON.stringify(item.entry)));
  let taken = 0;
  for (const entry of entries) {
    const row = rowOf.get(entry.vendor + "\u001f" + entry.sku);
    if (row === undefined || entry.run_id !== DATA.run.run_id || known.has(JSON.stringify(entry))) continue;
    replay(row, { row, entry, before: STATE.get(row), saved });
    sequence = Math.max(sequence, entry.seq + 1);
    taken += 1;
  }
  return taken;
}

function replay(row, item) {
  LOG.push(item);
  if (item.entry.decision !== "undo") {
    STATE.set(row, item);
    return BATCHES.push([item]);
  }
  const standing = STATE.get(row);
  keepInPlace(BATCHES, (batch) => !(batch.length === 1 && batch[0] === standing));
  return standing ? restore(row, standing.before) : undefined;
}

function tally() {
  const counts = {};
  for (const item of STATE.values()) counts[item.entry.decision] = (counts[item.entry.decision] || 0) + 1;
  const told = Object.keys(VERDICT_WORDS).filter((name) => counts[name]);
  if (!told.length) return "No decisions yet";
  return told.map((name) => `${count(counts[name])} ${VERDICT_WORDS[name].toLowerCase()}`).join(" · ");
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
  byId("tally").textContent = tally();
  byId("undo").disabled = BATCHES.length === 0;
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
