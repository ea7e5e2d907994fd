// The head of the page: run, tiles, causes, audit, drift, flows, problems.
function buildHeader() {
  const run = DATA.run;
  byId("title").textContent = dayOf(run.night, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  document.title = `Hierarchy diff ${run.night}`;
  byId("sentence").textContent = sentence();
  const passed = run.gate === "passed";
  byId("gate").append(el("span", { class: "badge " + (passed ? "good" : "warn"), text: (passed ? "✓ " : "! ") + "gate " + run.gate }),
    ...run.gate_reasons.map((reason) => el("p", { text: reason })));
  byId("provenance").append(fact("Run", run.run_id), fact("Compared with", run.base_run_id ? `${run.base_run_id}${run.base_night ? ", " + run.base_night : ""}` : "nothing: first run"), versions(run), vendors(run));
}

function tileValue(name) { const tile = DATA.tiles.find((one) => one.name === name); return tile ? tile.value : 0; }

function sentence() {
  const late = DATA.run.vendors.filter((vendor) => vendor.state !== "in").map((vendor) => vendor.vendor);
  const cause = mainCause();
  const why = cause ? ` Most moves: ${words(CAUSE_WORDS, cause)}.` : "";
  const missing = late.length ? ` Without ${late.join(", ")}.` : "";
  return `${plural(tileValue("new"), "product is", "products are")} new, ${count(tileValue("refiled"))} moved, ${count(tileValue("withdrawn"))} left, ${count(tileValue("unchanged"))} stayed.${why}${missing}`;
}

/** The cause behind most of what moved; what is new needs none. */
function mainCause() {
  const sums = {};
  PATTERNS.forEach((pattern, at) => {
    if (patternText(at, "change") !== "refiled") return;
    const cause = patternText(at, "cause");
    sums[cause] = (sums[cause] || 0) + pattern[PATTERN.count];
  });
  return Object.keys(sums).sort((a, b) => sums[b] - sums[a])[0] || "";
}

function fact(label, ...values) { return el("div", { class: "fact" }, el("dt", { text: label }), el("dd", {}, ...values)); }

function versions(run) {
  const names = Object.keys(run.versions).sort(), now = run.versions, before = run.base_versions;
  const changed = names.filter((name) => before[name] !== undefined && before[name] !== now[name]);
  const told = changed.map((name) => el("span", { class: "version changed", text: `${name} ${before[name]} → ${now[name]}` }));
  const same = names.filter((name) => !changed.includes(name));
  // What stayed is named, its hash stands in the tooltip: the eye should find what changed.
  if (changed.length && same.length) told.push(el("span", { class: "version", text: "as before: " + same.map(shortVersion).join(", "), title: same.map((name) => `${name} ${now[name]}`).join("\n") }));
  else told.push(...same.map((name) => el("span", { class: "version", text: `${name} ${now[name]}` })));
  return fact("Versions", ...(names.length ? told : ["not stated"]));
}

/** "taxonomy v7" of "v7 a4aabc24aa1a": a number is for people, a hash is not. */
function shortVersion(name) {
  const number = /^v?\d+(?= |$)/.exec(DATA.run.versions[name]);
  return number ? `${name} ${number[0]}` : name;
}

function vendors(run) {
  const marks = { in: "✓", missing: "◷ late", failed: "✕ failed" };
  return fact("Vendors", ...run.vendors.map((vendor) => {
    const lost = vendor.quarantined ? `, ${count(vendor.quarantined)} quarantined` : "";
    const told = vendor.state === "in" ? `${vendor.vendor} ${marks.in} ${count(vendor.rows_in)} rows${lost}` : `${vendor.vendor} ${words(marks, vendor.state)}: ${vendor.reason}`;
    return el("span", { class: "vendor drop-" + vendor.state, text: told });
  }));
}

const TILE_FILTERS = { new: { change: "new" }, refiled: { change: "refiled" }, withdrawn: { change: "withdrawn" }, locked: { reason: "lock_kept" },
  def_resolved: { reason: "def_filled" }, def_left: { reason: "def_unresolved" }, contradictions: { reason: CONTRADICTIONS },
  abstained: { status: "abstained" }, stopped_at_parent: { status: "stopped_at_parent" } };
// What happened tonight stands apart from how the whole catalogue stands: the list below holds tonight's products only.
const TONIGHT = ["new", "refiled", "unchanged", "withdrawn", "problems", "quarantined"];

function buildTiles() {
  const part = (label, tiles) => el("div", { class: "tile-row" }, el("h2", { text: label }), el("div", { class: "tile-set" }, ...tiles.map(buildTile)));
  const tonight = (tile) => TONIGHT.includes(tile.name);
  byId("tiles").append(part("Tonight", DATA.tiles.filter(tonight)), part("The whole catalogue", DATA.tiles.filter((tile) => !tonight(tile))));
}

function buildTile(tile) {
  const filter = TILE_FILTERS[tile.name], live = filter || tile.name === "problems" || tile.name === "quarantined";
  const click = () => (filter ? setFilter({ ...NO_FILTER, tab: "products", ...filter }) : setFilter({ tab: "problems" }));
  const title = filter && !TONIGHT.includes(tile.name) ? "Lists those that are new or moved tonight" : null;
  return el(live ? "button" : "div", { class: "tile", type: live ? "button" : null, title, data: { tile: tile.name }, on: live ? { click } : {} },
    el("span", { class: "name", text: tile.title }), el("b", { text: count(tile.value) }), ...against(tile).map((told) => el("small", { text: told })));
}

function against(tile) {
  if (tile.last === null) return ["first night"];
  const step = tile.value - tile.last;
  const told = step === 0 ? "as last run" : `${step > 0 ? "▲ +" : "▼ −"}${count(Math.abs(step))} on last run`;
  return [told, `28-day median ${count(Math.round(tile.median))}`];
}

function buildCauses() {
  const total = DATA.causes.reduce((sum, one) => sum + one.count, 0) || 1;
  const bar = el("div", { class: "stack" });
  const keys = el("p", { class: "keys" });
  for (const { cause, count: size } of DATA.causes) {
    const part = el("i", { class: cause, title: `${words(CAUSE_WORDS, cause)}: ${count(size)}` });
    part.style.flexGrow = size / total;
    if (size) bar.append(part);
    const click = () => setFilter({ ...NO_FILTER, tab: FILTER.tab === "patterns" ? "patterns" : "products", cause });
    keys.append(el("button", { type: "button", class: "key " + cause, on: { click }, text: `${cause} ${count(size)}` }));
  }
  byId("causes").append(el("h2", { text: "Why the catalogue changed" }), bar, keys);
}

/** Wilson's 95 % interval corrected for continuity, as in audit.py. */
function wilson(right, judged) {
  const z2 = 1.959963984540054 ** 2, share = right / judged, wrong = 1 - share, scale = 2 * (judged + z2);
  const below = Math.sqrt(z2 * Math.max(0, z2 - 2 - 1 / judged + 4 * share * (judged * wrong + 1)));
  const above = Math.sqrt(z2 * Math.max(0, z2 + 2 - 1 / judged + 4 * share * (judged * wrong - 1)));
  return [right ? Math.max(0, (2 * right + z2 - 1 - below) / scale) : 0, right < judged ? Math.min(1, (2 * right + z2 + 1 + above) / scale) : 1];
}

/** Right answers and answers of one stratum: what was said in the audit view, and nobody contradicts. */
function judgedIn(rows) {
  const said = rows.filter((row) => STATE.get(row)?.entry.audit).map(stateOf);
  const right = said.filter((name) => name === "accept" || name === "lock").length;
  return [right, right + said.filter((name) => name === "reject" || name === "correct").length];
}

/** Strata weighted by their sizes and their intervals joined, as in audit.py; null until each has an answer. */
function auditEstimate() {
  const strata = DATA.audit.strata.map(([, size, rows]) => [size, ...judgedIn(rows)]);
  const judged = strata.reduce((sum, one) => sum + one[2], 0), total = strata.reduce((sum, one) => sum + one[0], 0);
  if (!strata.length || strata.some((one) => one[2] === 0)) return { judged, share: null };
  let share = 0, below = 0, above = 0;
  for (const [size, right, answers] of strata) {
    const weight = size / total, own = right / answers, [low, high] = wilson(right, answers);
    share += weight * own;
    below += (weight * (own - low)) ** 2;
    above += (weight * (high - own)) ** 2;
  }
  return { judged, share, low: Math.max(0, share - Math.sqrt(below)), high: Math.min(1, share + Math.sqrt(above)) };
}

function refreshAudit() {
  const { judged, share, low, high } = auditEstimate(), asked = DATA.audit.rows.length;
  const waiting = judged ? `${judged} of ${asked} checked` : `${plural(asked, "product waits", "products wait")} to be checked`;
  const tonight = share === null ? waiting : `${percent(share, 1)} right (95 %: ${percent(low, 1)} to ${percent(high, 1)}), ${judged} of ${asked} checked`;
  const click = () => setFilter({ ...NO_FILTER, tab: "audit" });
  const last = DATA.audit.past.at(-1);
  const before = last && last.accuracy !== null ? `Last audited ${last.run_id}: ${percent(last.accuracy, 1)} (${percent(last.low, 1)} to ${percent(last.high, 1)}, ${last.judged} checked)` : "No earlier night has been audited";
  byId("audit-band").replaceChildren(el("h2", { text: "Random audit" }), el("button", { type: "button", class: "link", id: "audit-now", on: { click }, text: tonight }), el("p", { class: "sub", text: before }));
}

function buildDrift() {
  const drift = DATA.drift, band = byId("drift");
  band.append(el("h2", { text: "Mix against the last nights" }));
  if (!drift.signals.length) return band.append(el("p", { class: "sub", text: "No earlier night to compare with" }));
  const tripped = drift.signals.filter((signal) => signal.tripped);
  band.append(el("p", { class: tripped.length ? "warn" : "", text: tripped.length ? `! ${tripped.length} drifted over ${plural(drift.nights, "night", "nights")}` : `✓ steady over ${plural(drift.nights, "night", "nights")}` }));
  for (const signal of (tripped.length ? tripped.slice(0, 4) : drift.signals.slice(0, 1))) {
    const moved = signal.movers.map(([value, before, now]) => `${value} from ${percent(before)} to ${percent(now)}`).join(", ");
    band.append(el("p", { class: "sub", text: `${tripped.length ? "" : "closest to its limit: "}${words({}, signal.name)} ${signal.index.toFixed(2)} of ${signal.limit.toFixed(2)}: ${moved}` }));
  }
  return band;
}

function buildProblems() {
  const sheet = byId("sheet"), failed = DATA.run.vendors.filter((vendor) => vendor.state !== "in");
  sheet.replaceChildren();
  for (const vendor of failed) sheet.append(el("p", { class: "failed" }, el("b", { text: `${vendor.vendor} ${words(DROP_WORDS, vendor.state)}` }), " ", vendor.reason));
  sheet.append(vendorTable(), reasonTable(), el("h2", { text: `${plural(DATA.problems_total, "row problem", "row problems")}${DATA.problems_total > DATA.problems.length ? `, the first ${count(DATA.problems.length)} shown` : ""}` }));
  const needle = FILTER.search.toLowerCase();
  const rows = DATA.problems.filter((row) => !FILTER.vendor || row[0] === FILTER.vendor).map(problemCells)
    .filter((cells) => !needle || cells.join("\n").toLowerCase().includes(needle));
  if (rows.length) sheet.append(table(["Vendor", "Row", "Sku", "Reason", "Column", "Got", "Kept out"], rows));
  byId("count").textContent = plural(rows.length, "problem", "problems");
}

/** A problem as payload of report.py: vendor, row, sku, stage, reason, column, excerpt, quarantined. */
function problemCells([vendor, row, sku, , reason, column, got, quarantined]) {
  return [vendor, row || "whole drop", sku, words({}, reason), column, got, quarantined ? "quarantined" : "product stays"].map((cell) => cell ?? "");
}

/** All problems by vendor and reason, with the way out of each. */
function reasonTable() {
  const counts = DATA.problem_counts.filter(([vendor]) => !FILTER.vendor || vendor === FILTER.vendor);
  if (!counts.length) return "";
  const rows = counts.map(([vendor, reason, size, lost]) => [vendor, words({}, reason), count(size), lost ? `${count(lost)} quarantined` : "products stay", words(DATA.ways_out, reason)]);
  return table(["Vendor", "Problem", "Count", "Kept out", "What to do"], rows);
}

const DROP_WORDS = { missing: "late" };

function vendorTable() {
  const rows = DATA.run.vendors.map((v) => [v.vendor, words(DROP_WORDS, v.state), count(v.rows_in), count(v.published), count(v.withdrawn), count(v.quarantined), v.reason]);
  return table(["Vendor", "Drop", "Rows in", "Published", "Withdrawn", "Quarantined", "Why"], rows);
}

function table(heads, rows) {
  const body = rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", { text: cell }))));
  return el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { text: head })))), el("tbody", {}, ...body));
}
