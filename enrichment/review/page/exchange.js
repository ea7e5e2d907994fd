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
  return rows.map((row) => Object.fromEntries(heads.map((name, at) => [name, (row[at] || "").replace(/^'/, "")])));
}

async function importFile(file) {
  try {
    const content = await file.text();
    const found = file.name.endsWith(".json") ? JSON.parse(content).decisions : fromCsv(content);
    const entries = found.map(readEntry), bad = entries.filter((entry) => flawOf(entry));
    const taken = takeOver(entries.filter((entry) => !flawOf(entry)), !TOKEN);
    const rest = taken + bad.length < found.length ? ": the rest is here already, or of another run or product" : "";
    const told = `${count(taken)} of ${plural(found.length, "decision", "decisions")} imported${bad.length ? `, ${count(bad.length)} refused` : ""}${rest}`;
    afterDecision(told);
    if (bad.length) tellRefused(told, bad.map((entry) => [entry, flawOf(entry)]));
  } catch { toast("This file holds no decisions that can be read"); }
}

/** An entry of a file as the page writes them; what cannot be read stays as it is, for `flawOf` to name. */
function readEntry(record) {
  const entry = Object.fromEntries(Object.entries(entryShape()).map(([name, none]) => [name, String(Object(record)[name] ?? none)]));
  if (entry.decision === "correct") entry.value = asNode(entry.value);
  if (entry.decision === "lock") entry.path = asNode(entry.path);
  const seq = entry.seq.trim() || "0", mark = entry.audit.trim().toLowerCase();
  return { ...entry, seq: WHOLE.test(seq) ? Number(seq) : entry.seq, audit: MARKS.get(mark) ?? entry.audit };
}

/** Blanks around a slash are no matter, as in nodes.py. */
function asNode(path) { return NODES.has(path) || !NODES.has(cleanPath(path)) ? path : cleanPath(path); }

// A spreadsheet writes marks in its own way: TRUE.
const MARKS = new Map([["", false], ["false", false], ["0", false], ["true", true], ["1", true]]), WHOLE = /^\d{1,15}$/;
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/;
const COMMENT_LIMIT = 2000;

/** What is wrong with an entry that came from a file, as ledger.py and exchange.py would say it; nothing if it fits. */
function flawOf(entry) {
  const flaw = (what, allowed) => `${what} ${JSON.stringify(String(entry[what]).slice(0, 120))}; allowed: ${allowed}`;
  const levels = (path) => !path || (path.split(SEPARATOR).length <= LEVELS.length && path.split(SEPARATOR).every((level) => level.trim()));
  const held = { correct: "value", lock: "path" }[entry.decision];
  if (!entry.vendor) return flaw("vendor", "a name");
  if (!entry.sku) return flaw("sku", "a name");
  if (!Object.hasOwn(VERDICT_WORDS, entry.decision) && entry.decision !== "undo") return flaw("decision", [...Object.keys(VERDICT_WORDS), "undo"].join(", "));
  if (!entry.reviewer.trim()) return flaw("reviewer", "a name");
  if (!RUN_ID.test(entry.run_id)) return flaw("run_id", "letters, digits, '.', '_' and '-'");
  if (!["", ...LEVELS].includes(entry.level)) return flaw("level", "empty or one of " + LEVELS.join(", "));
  if (Array.from(entry.comment).length > COMMENT_LIMIT) return flaw("comment", `at most ${COMMENT_LIMIT} characters`);
  if (!isDay(entry.at.slice(0, 10)) || !ZONED.test(entry.at) || !Date.parse(entry.at)) return flaw("at", "an ISO time with its zone, such as 2026-11-18T09:30:00+00:00");
  const broken = ["path", "previous", ...(entry.decision === "correct" ? ["value"] : [])].find((name) => !levels(entry[name]));
  if (broken) return flaw(broken, `1 to ${LEVELS.length} levels parted by " / "`);
  if (entry.decision === "correct" && !entry.value) return flaw("value", "the right path");
  if (held && entry[held] && DATA.nodes.length && !NODES.has(entry[held])) return flaw(held, "a node of the hierarchy");
  if (entry.decision === "snooze" && !isDay(entry.value)) return flaw("value", "the day to snooze until, such as 2026-11-25");
  if (entry.content && !/^[0-9a-f]{10}$/.test(entry.content)) return flaw("content", "10 digits 0 to f, or empty");
  if (typeof entry.seq !== "number") return flaw("seq", "a whole number, 0 or more");
  return typeof entry.audit === "boolean" ? "" : flaw("audit", "true, false or empty");
}

function isDay(told) {
  const at = /^\d{4}-\d\d-\d\d$/.test(told) ? Date.parse(told + "T00:00:00Z") : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(told);
}

/** Say which decisions were not taken and why: product by product, until it is closed. */
const REFUSED_SHOWN = 20;
function tellRefused(title, refused) {
  const lines = refused.slice(0, REFUSED_SHOWN).map(([entry, why]) => el("li", {}, el("b", { text: `${entry.vendor} ${entry.sku}` || "(no product)" }), " " + why));
  const more = refused.length > lines.length ? el("p", { class: "sub", text: `and ${count(refused.length - lines.length)} more` }) : null;
  showDialog(el("h2", { text: title }), el("ul", { class: "refused" }, ...lines), more);
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
    const refused = answer.status === 422 ? await answer.json() : null;
    if (refused?.rows?.length) takeOut(items, refused.rows);
    else if (!answer.ok) throw new Error(refused ? String((refused.refused || ["refused"])[0]).slice(0, 120) : "the server answered " + answer.status);
    else settleSaved(items);
    byId("saved").textContent = "Saved";
  } catch (error) { byId("saved").textContent = `Not saved (${error.message}): export before closing`; }
  saving = false;
  return LOG.some((item) => !item.saved) && byId("saved").textContent === "Saved" ? saveSoon() : undefined;
}

/** What the server refuses by name leaves the page with a message; the others are sent again. */
function takeOut(items, rows) {
  const refused = rows.filter(([row]) => items[row - 1]).map(([row, why]) => [items[row - 1], String(why)]);
  dropFromLog(refused.map(([item]) => item));
  const told = `${plural(refused.length, "decision", "decisions")} refused by the server and taken back`;
  afterDecision(told);
  if (!byId("ask").open) tellRefused(told, refused.map(([item, why]) => [item.entry, why]));
}

/** What was undone while it was being saved stands in the ledger: it is taken back there too. */
function settleSaved(items) {
  const here = new Set(LOG);
  for (const item of items) {
    item.saved = true;
    if (!here.has(item)) addToLog([item, undoItem(item)]);
  }
}
