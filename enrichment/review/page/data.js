"use strict";
// The night's data, read once. Columns and texts are described in payload.py.
const DATA = JSON.parse(document.getElementById("data").textContent);
const TEXTS = DATA.texts, COMBOS = DATA.combos, ROWS = DATA.rows, PATTERNS = DATA.patterns;
const LEVELS = ["division", "department", "class", "subclass", "category"];
const SEPARATOR = " / ";
const NOWHERE = "(nowhere)";
const TENS = "0123456789A";
const COLUMN = { pattern: 0, vendor: 1, change: 2, cause: 3, level: 4, sent: 5, previous: 6, path: 7, status: 8, reasons: 9, group: 10 };
const PATTERN = { vendor: 0, change: 1, cause: 2, origin: 3, to: 4, reason: 5, count: 6, least: 7, middle: 8, shown: 9 };
const PICTURES = new Map(ROWS.pictured.map((row, at) => [row, ROWS.pictures[at]]));
const EXPIRED = new Set(DATA.expired), AUDIT = new Set(DATA.audit.rows), CONFLICTS = new Map(DATA.conflicts);
// Snoozed products wait for their day, out of sight; those whose day has come are back.
const SNOOZED = new Map(DATA.waiting), BACK = new Set(DATA.back);
const NODES = new Set(DATA.nodes.length ? DATA.nodes : COMBOS.map((combo) => TEXTS[combo[COLUMN.path]]).filter(Boolean));
const ROW_COUNT = ROWS.combo.length;
// What people decided on a row in earlier nights: verdict, reviewer, day, value.
const HUMAN = new Map();
for (const [row, ...told] of DATA.human) HUMAN.set(row, [...(HUMAN.get(row) || []), told]);

const REASON_WORDS = {
  confirmed: "confirmed", no_class_filed: "no known class filed", def_filled: "DEF filled", def_unresolved: "DEF unresolved",
  level_shifted: "level shifted", level_repeated: "level repeated", synonym_resolved: "synonym",
  vendor_contradiction: "contradicts vendor", image_text_conflict: "picture against words",
  filing_text_conflict: "filing against words", rule_override: "rule", review_decided: "decided in review",
  taxonomy_migrated: "taxonomy moved", model_changed: "model changed", lock_kept: "locked", backed_off: "stopped at parent",
  outside_taxonomy: "outside the taxonomy", no_evidence: "no evidence",
};
const CHANGE_WORDS = { new: "new", refiled: "re-filed", withdrawn: "withdrawn", unchanged: "unchanged" };
const CAUSE_WORDS = { data: "data changed", model: "model changed", taxonomy: "taxonomy changed", rule: "rule changed", decision: "decided by a person" };
const VERDICT_WORDS = {
  accept: "Accepted", reject: "Rejected", correct: "Corrected", lock: "Locked", snooze: "Snoozed", ask_vendor: "Vendor asked",
};

function text(row, name) { return TEXTS[COMBOS[ROWS.combo[row]][COLUMN[name]]]; }
function patternOf(row) { return COMBOS[ROWS.combo[row]][COLUMN.pattern]; }
function patternText(at, name) { return TEXTS[PATTERNS[at][PATTERN[name]]]; }
function levelsOf(path) { return path ? path.split(SEPARATOR) : []; }
function prefixOf(path, depth) { return levelsOf(path).slice(0, depth).join(SEPARATOR) || NOWHERE; }
/** As in flows.py: a vendor's path with fewer levels than ours is taken whole. */
function flowOrigin(path, basis, depth) { return basis === "vendor" && levelsOf(path).length < 4 ? path || NOWHERE : prefixOf(path, depth); }
function words(map, name) { return Object.hasOwn(map, name) ? map[name] : String(name).replaceAll("_", " "); }

/** Confidence of a row in whole percent: at 0 overall, 1 to 5 the levels; null where there is none. */
function confidence(row, at) {
  const start = (row * 6 + at) * 2, tens = TENS.indexOf(ROWS.confidence[start]);
  return tens < 0 ? null : tens * 10 + Number(ROWS.confidence[start + 1]);
}
/** A confidence 0 to 1 in whole percent as payload.py tells it: never more than it is. */
function wholePercent(share) { return Math.min(100, Math.floor(Math.round(share * 10000) / 100)); }
function sureness(share) { return wholePercent(share) + " %"; }

/** Build an element; text goes in as text only, so that nothing a vendor wrote is ever read as markup. */
function el(tag, options, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, call] of Object.entries(value)) node.addEventListener(event, call);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}
function byId(id) { return document.getElementById(id); }
function count(value) { return Number(value).toLocaleString("en-GB"); }
function percent(share, digits = 0) { return share === null ? "–" : (100 * share).toFixed(digits) + " %"; }
function dayOf(iso, options) { return new Date(iso + "T00:00:00Z").toLocaleDateString("en-GB", { ...options, timeZone: "UTC" }); }
function plural(value, one, many) { return `${count(value)} ${value === 1 ? one : many}`; }
