// Decisions leave and come back: as files, and through the local server as one goes.
const FIELDS = ["run_id", "vendor", "sku", "level", "decision", "path", "previous", "value", "comment", "reviewer", "at", "seq", "content", "audit"];
const TOKEN = takeToken();
let saving = false, saveTimer = 0;

/** A cell that a spreadsheet will not run: a leading = + - @ (also full width), tab or line end gets an apostrophe. */
function safeCell(value) {
  const cell = String(value);
  const guarded = /^[\s]*[=+\-@＝＋－＠|%]/.test(cell) || /^['\t\r\n]/.test(cell) ? "'" + cell : cell;
  return '"' + guarded.replaceAll('"', '""') + '"';
}

function asCsv(entries) {
  const lines = [FIELDS.join(","), ...entries.map((entry) => FIELDS.map((name) => safeCell(entry[name])).join(","))];
  return "\ufeff" + lines.join("\r\n") + "\r\n";
}

function exportAs(kind) {
  if (!LOG.length) return toast("No decisions to export");
  const entries = LOG.map((item) => item.entry);
  const body = kind === "csv" ? asCsv(entries) : JSON.stringify({ version: 1, run_id: DATA.run.run_id, decisions: entries }, null, 1);
  const url = URL.createObjectURL(new Blob([body], { type: kind === "csv" ? "text/csv" : "application/json" }));
  el("a", { href: url, download: `decisions-${DATA.run.run_id}.${kind}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  LOG.forEach((item) => { item.saved = item.saved || !TOKEN; });
  return toast(`${plural(entries.length, "decision", "decisions")} exported`);
}

/** Rows of a CSV text with quoted cells (RFC 4180); as in schemas/sheet.py, the head tells what parts the columns. */
function parseCsv(content) {
  const head = content.split("\n", 1)[0], often = (mark) => head.split(mark).length;
  const mark = [",", ";", "\t"].reduce((best, one) => (often(one) > often(best) ? one : best));
  const rows = [[]];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${mark}\\r\\n]*))(${mark}|\\r?\\n|$)`, "gy");
  for (let found = cell.exec(content); found && found[0] !== ""; found = cell.exec(content)) {
    rows.at(-1).push(found[1] !== undefined ? found[1].replaceAll('""', '"') : found[2]);
    if (found[3] !== mark) rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

function fromCsv(content) {
  const [heads, ...rows] = parseCsv(content.replace(/^\ufeff/, ""));
  return rows.map((row) => {
    const entry = Object.fromEntries(heads.map((name, at) => [name, (row[at] || "").replace(/^'/, "")]));
    return { ...entry, seq: Number(entry.seq) || 0, audit: entry.audit === "true" };
  });
}

async function importFile(file) {
  try {
    const content = await file.text();
    const found = file.name.endsWith(".json") ? JSON.parse(content).decisions : fromCsv(content);
    const entries = found.map((entry) => Object.fromEntries(Object.keys(entryShape()).map((name) => [name, entry[name] ?? entryShape()[name]])));
    const taken = takeOver(entries.filter((entry) => Object.hasOwn(VERDICT_WORDS, entry.decision) || entry.decision === "undo"), !TOKEN);
    const rest = taken < found.length ? ": the rest is here already, or of another run or product" : "";
    afterDecision(`${count(taken)} of ${plural(found.length, "decision", "decisions")} imported${rest}`);
  } catch { toast("This file holds no decisions that can be read"); }
}

/** The fields of an entry in the order in which the page writes them. */
function entryShape() {
  return { vendor: "", sku: "", decision: "", path: "", previous: "", content: "", reviewer: "", at: "", run_id: "", level: "", value: "", comment: "", seq: 0, audit: false };
}

// The token comes in the address's fragment, which never leaves the browser, and is taken out of sight at once.
function takeToken() {
  if (!location.protocol.startsWith("http")) return "";
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found) {
    sessionStorage.setItem("enrich-token", found);
    history.replaceState(null, "", location.pathname);
  }
  return found || sessionStorage.getItem("enrich-token") || "";
}

function call(method, body) {
  const headers = { "X-Review-Token": TOKEN, "Content-Type": "application/json" };
  return fetch("api/decisions", { method, headers, body, credentials: "same-origin", cache: "no-store" });
}

async function loadSaved() {
  if (!TOKEN) return;
  try {
    const answer = await call("GET");
    if (answer.ok) takeOver((await answer.json()).decisions, true);
    byId("saved").textContent = answer.ok ? "Saves as you go" : "The server refused: open the page by its full address";
  } catch { byId("saved").textContent = "The server does not answer: export before closing"; }
}

function saveSoon() {
  if (!TOKEN) return;
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, 150);
}

async function save() {
  if (saving) return saveSoon();
  const items = LOG.filter((item) => !item.saved).slice(0, 2000);
  if (!items.length) return undefined;
  saving = true;
  byId("saved").textContent = "Saving…";
  try {
    const answer = await call("POST", JSON.stringify({ decisions: items.map((item) => item.entry) }));
    if (!answer.ok) throw new Error(await refusal(answer));
    settleSaved(items);
    byId("saved").textContent = "Saved";
  } catch (error) { byId("saved").textContent = `Not saved (${error.message}): export before closing`; }
  saving = false;
  return LOG.some((item) => !item.saved) && byId("saved").textContent === "Saved" ? saveSoon() : undefined;
}

async function refusal(answer) {
  if (answer.status !== 422) return "the server answered " + answer.status;
  return String(((await answer.json()).refused || ["refused"])[0]).slice(0, 120);
}

/** What was undone while it was being saved stands in the ledger: it is taken back there too. */
function settleSaved(items) {
  const here = new Set(LOG);
  for (const item of items) {
    item.saved = true;
    if (!here.has(item)) addToLog([item, undoItem(item)]);
  }
}
