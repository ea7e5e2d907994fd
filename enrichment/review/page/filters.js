// Which rows are shown: filters on combinations first (few), then on rows (many).
const FILTER = { tab: "patterns", search: "", vendor: "", cause: "", change: "", reason: "", department: "", status: "",
  confidence: "", picture: "", decision: "", pattern: -1, flow: null };
const SELECTS = [
  ["vendor", "Vendor"], ["department", "Department"], ["cause", "Cause"], ["change", "Change"], ["reason", "Reason"],
  ["status", "Placement"], ["confidence", "Confidence"], ["picture", "Picture"], ["decision", "Decision"],
];
const BANDS = { "under 50 %": [0, 50], "50 to 80 %": [50, 80], "80 to 95 %": [80, 95], "95 % and over": [95, 101] };
const CONTRADICTIONS = DATA.contradictions.join(" ");
const PICTURELESS = new Set(ROWS.pictureless);
const COMBO_TEXT = COMBOS.map((combo) => ["vendor", "sent", "previous", "path", "reasons"]
  .map((name) => TEXTS[combo[COLUMN[name]]]).join("\n").toLowerCase());
let rowTexts = null;

function comboText(combo, name) { return TEXTS[combo[COLUMN[name]]]; }
function departmentOf(path) { return levelsOf(path)[1] || "(none)"; }
function reasonsOf(combo) { return comboText(combo, "reasons").split(" "); }

function comboPasses(combo) {
  for (const name of ["vendor", "cause", "change", "status"]) {
    if (FILTER[name] && comboText(combo, name) !== FILTER[name]) return false;
  }
  if (FILTER.reason && !FILTER.reason.split(" ").some((reason) => reasonsOf(combo).includes(reason))) return false;
  if (FILTER.department && departmentOf(comboText(combo, "path")) !== FILTER.department) return false;
  if (FILTER.pattern >= 0 && combo[COLUMN.pattern] !== FILTER.pattern) return false;
  return !FILTER.flow || inFlow(combo, FILTER.flow);
}

function inFlow(combo, flow) {
  const change = comboText(combo, "change"), vendor = flow.basis === "vendor";
  if (change !== "refiled" && !(vendor && change === "new")) return false;
  const depth = LEVELS.indexOf(flow.level) + 1;
  const origin = flowOrigin(comboText(combo, vendor ? "sent" : "previous"), flow.basis, depth);
  return origin === flow.origin && prefixOf(comboText(combo, "path"), depth) === flow.to;
}

/** Name and sku of every row in lower case, made on the first search. */
function searchTexts() {
  rowTexts = rowTexts || ROWS.name.map((name, row) => (name + "\n" + ROWS.sku[row]).toLowerCase());
  return rowTexts;
}

function rowPasses(row, tokens, inCombo) {
  if (FILTER.confidence && !inBand(confidence(row, 0))) return false;
  if (FILTER.picture && (FILTER.picture === "with picture") === PICTURELESS.has(row)) return false;
  if (FILTER.decision && !decisionPasses(row)) return false;
  const own = tokens.length ? searchTexts()[row] : "";
  for (let at = 0; at < tokens.length; at++) {
    if (!inCombo[at][ROWS.combo[row]] && !own.includes(tokens[at])) return false;
  }
  return true;
}

function inBand(sure) { const [low, high] = BANDS[FILTER.confidence]; return sure !== null && sure >= low && sure < high; }

function decisionPasses(row) {
  const item = STATE.get(row);
  if (FILTER.decision === "undecided") return !item;
  if (FILTER.decision === "decided") return Boolean(item);
  if (FILTER.decision === "not in force") return EXPIRED.has(row);
  if (FILTER.decision === "reviewers disagree") return CONFLICTS.has(row) || SPLIT.has(row);
  if (FILTER.decision === "snoozed earlier") return SNOOZED.has(row);
  if (FILTER.decision === "back from snooze") return BACK.has(row);
  return Boolean(item) && stateOf(row) === FILTER.decision;
}

/** Rows that pass every filter, in the page's order; the audit block keeps its own random order. */
function filteredRows() {
  const tokens = FILTER.search.toLowerCase().split(/\s+/).filter(Boolean);
  const passes = COMBOS.map(comboPasses);
  const inCombo = tokens.map((token) => COMBO_TEXT.map((told) => told.includes(token)));
  const rows = [];
  if (FILTER.tab === "audit") {
    return DATA.audit.rows.filter((row) => passes[ROWS.combo[row]] && rowPasses(row, tokens, inCombo));
  }
  for (let row = 0; row < ROW_COUNT; row++) {
    if (passes[ROWS.combo[row]] && listed(row) && rowPasses(row, tokens, inCombo)) rows.push(row);
  }
  return rows;
}

/** Products that did not move are listed only where somebody must look at them again; snoozed ones wait. */
function listed(row) {
  if (SNOOZED.has(row)) return FILTER.decision === "snoozed earlier";
  return text(row, "change") !== "unchanged" || EXPIRED.has(row) || CONFLICTS.has(row) || SPLIT.has(row) || BACK.has(row) || FILTER.change === "unchanged";
}

/** Patterns that still have rows, with the rows that passed. */
function filteredPatterns(rows) {
  const members = new Map();
  for (const row of rows) {
    const at = patternOf(row);
    if (at < 0) continue;
    if (!members.has(at)) members.set(at, []);
    members.get(at).push(row);
  }
  return [...members.entries()].sort((a, b) => a[0] - b[0]).map(([at, own]) => ({ at, rows: own }));
}

function optionsOf(name) {
  if (name === "confidence") return Object.keys(BANDS);
  if (name === "picture") return ["with picture", "without picture"];
  if (name === "decision") return ["undecided", "decided", "not in force", "reviewers disagree", "snoozed earlier", "back from snooze", ...Object.keys(VERDICT_WORDS)];
  const found = new Set();
  for (const combo of COMBOS) {
    if (name === "reason") reasonsOf(combo).forEach((reason) => found.add(reason));
    else found.add(name === "department" ? departmentOf(comboText(combo, "path")) : comboText(combo, name));
  }
  found.delete("");
  if (name === "reason") found.add(CONTRADICTIONS);
  return [...found].sort();
}

function labelOf(name, value) {
  if (value === CONTRADICTIONS) return "any contradiction";
  const maps = { reason: REASON_WORDS, change: CHANGE_WORDS, cause: CAUSE_WORDS, decision: VERDICT_WORDS };
  return words(maps[name] || {}, value);
}

function buildSelects() {
  for (const [name, title] of SELECTS) {
    const options = optionsOf(name).map((value) => el("option", { value, text: labelOf(name, value) }));
    const change = (event) => setFilter({ [name]: event.target.value });
    const select = el("select", { id: "filter-" + name, "aria-label": title, on: { change } });
    select.append(el("option", { value: "", text: title }), ...options);
    byId("selects").append(select);
  }
}

function setFilter(changes) {
  Object.assign(FILTER, changes);
  for (const [name] of SELECTS) {
    const select = byId("filter-" + name);
    select.value = FILTER[name];
    select.classList.toggle("active", FILTER[name] !== "");
  }
  if (byId("search").value !== FILTER.search) byId("search").value = FILTER.search;
  refilter();
}

const NO_FILTER = { search: "", vendor: "", cause: "", change: "", reason: "", department: "", status: "", confidence: "",
  picture: "", decision: "", pattern: -1, flow: null };
function clearFilters() { setFilter(NO_FILTER); }
