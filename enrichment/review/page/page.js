// Wires the parts: tabs, keys, dialogs. Runs last.
const TABS = [["patterns", "Patterns"], ["products", "Products"], ["audit", "Audit"], ["flows", "Flows"], ["problems", "Problems"]];
const KEYS = [["j  k  ↓  ↑", "next, previous"], ["Enter  o", "open"], ["a", "accept (all, on a pattern)"], ["r", "reject"], ["l", "lock"], ["c", "correct: give the right path"], ["s", "snooze until a date"],
  ["v", "ask the vendor"], ["u", "undo"], ["/", "search"], ["1 … 5", "views"], ["e", "export CSV"], ["Esc", "close, clear"]];

function buildTabs() {
  TABS.forEach(([name, title]) => byId("tabs").append(el("button", { type: "button", role: "tab", id: "tab-" + name, class: "tab", on: { click: () => setFilter({ tab: name }) }, text: title })));
}

function refilter() {
  const tab = FILTER.tab, sheet = tab === "flows" || tab === "problems";
  TABS.forEach(([name]) => { byId("tab-" + name).classList.toggle("on", name === tab); byId("tab-" + name).setAttribute("aria-selected", String(name === tab)); });
  byId("list").hidden = sheet;
  byId("sheet").hidden = !sheet;
  showFilters(tab);
  drawChips();
  drawSnoozed(sheet);
  if (sheet) return tab === "flows" ? buildFlows() : buildProblems();
  const rows = filteredRows();
  LIST.cursor = -1;
  if (tab === "patterns") {
    const patterns = filteredPatterns(rows);
    byId("count").textContent = `${plural(patterns.length, "pattern", "patterns")}, ${plural(rows.length, "product", "products")}`;
    showList(patterns, heightOf("pattern"), buildPattern);
  } else {
    byId("count").textContent = plural(rows.length, "product", "products") + (DATA.total > ROW_COUNT ? ` of ${count(DATA.total)}; the riskiest are listed` : "");
    showList(rows, heightOf("product"), buildProduct);
  }
  return backToTop();
}

function backToTop() {
  const bar = document.querySelector(".bar");
  const top = byId("list").getBoundingClientRect().top - bar.offsetHeight;
  if (top < 0) { window.scrollBy(0, top); redraw(); }
}

function drawChips() {
  const chips = [];
  const drop = (told, changes) => el("button", { type: "button", class: "chip filter", on: { click: () => setFilter(changes) }, text: told + "  ×" });
  if (FILTER.pattern >= 0) chips.push(drop(`pattern: ${patternText(FILTER.pattern, "vendor")}, ${patternText(FILTER.pattern, "origin") || NOWHERE} → ${patternText(FILTER.pattern, "to") || NOWHERE}`, { pattern: -1 }));
  if (FILTER.flow) chips.push(drop(`flow: ${FILTER.flow.origin} → ${FILTER.flow.to}`, { flow: null }));
  byId("chips").replaceChildren(...chips);
}

/** Flows count the whole night and problems know only vendor and words: a filter that would do nothing is not offered. */
function showFilters(tab) {
  byId("search").parentElement.hidden = tab === "flows";
  for (const [name] of SELECTS) byId("filter-" + name).hidden = tab === "problems" && name !== "vendor";
}

/** Nothing is hidden in silence: how many products wait, until when, and how to see them. */
const DAYS_TOLD = 3;
function drawSnoozed(sheet) {
  const note = byId("snoozed"), days = new Map();
  SNOOZED.forEach((until) => days.set(until, (days.get(until) || 0) + 1));
  note.hidden = sheet || !SNOOZED.size;
  const sorted = [...days.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const told = sorted.slice(0, DAYS_TOLD).map(([until, size]) => `${count(size)} until ${dayOf(until, { day: "numeric", month: "short", year: "numeric" })}`);
  const later = sorted.slice(DAYS_TOLD).reduce((sum, [, size]) => sum + size, 0);
  if (later) told.push(`${count(later)} until later`);
  const shown = FILTER.decision === "snoozed earlier";
  const click = () => setFilter(shown ? { decision: "" } : { ...NO_FILTER, tab: "products", decision: "snoozed earlier" });
  note.replaceChildren(`${plural(SNOOZED.size, "product is", "products are")} snoozed${shown ? "" : " and hidden"}: ${told.join(", ")}. `,
    el("button", { type: "button", class: "link", on: { click }, text: shown ? "Hide them" : "Show them" }));
}

function openSelected() {
  const item = LIST.items[LIST.cursor];
  if (item === undefined) return;
  if (FILTER.tab === "patterns") setFilter({ tab: "products", pattern: item.at });
  else if (openRow !== item) openDetail(item);
}

/** In the open product a key does what its button does: what was typed there goes along. */
function judgeSelected(verdict) {
  const item = LIST.items[LIST.cursor];
  if (item === undefined || byId("list").hidden) return;
  if (FILTER.tab === "patterns") judgePattern(item, verdict);
  else if (openRow === item) giveOpen(verdict);
  else { judge(item, verdict); moveCursor(1); }
}

function focusInDetail(id) {
  if (FILTER.tab === "patterns" || LIST.items[LIST.cursor] === undefined) return;
  openSelected();
  byId(id)?.focus();
}

function escape() {
  if (!byId("detail").hidden) return closeDetail();
  return clearFilters();
}

const ON_KEY = {
  j: () => moveCursor(1), ArrowDown: () => moveCursor(1), k: () => moveCursor(-1), ArrowUp: () => moveCursor(-1), Enter: openSelected, o: openSelected,
  a: () => judgeSelected("accept"), r: () => judgeSelected("reject"), l: () => judgeSelected("lock"), v: () => judgeSelected("ask_vendor"),
  c: () => focusInDetail("right-path"), s: () => focusInDetail("snooze-until"), u: undoLast, e: () => exportAs("csv"), "/": () => byId("search").focus(), "?": showHelp, Escape: escape,
};

function onKey(event) {
  const typing = event.target.closest("input, textarea, select, dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
  if (typing) return event.target.blur();
  if (event.key === "Enter" && event.target.closest("button")) return undefined;
  const tab = TABS[Number(event.key) - 1];
  const act = tab ? () => setFilter({ tab: tab[0] }) : Object.hasOwn(ON_KEY, event.key) ? ON_KEY[event.key] : null;
  if (!act) return undefined;
  event.preventDefault();
  return act();
}

function toast(message) {
  const node = byId("toast");
  node.textContent = message;
  node.classList.add("on");
  clearTimeout(toast.timer);
  // What says more stays longer.
  toast.timer = setTimeout(() => node.classList.remove("on"), Math.max(2600, message.length * 60));
}

function askWho(then) {
  const name = el("input", { type: "text", id: "who", maxlength: 80, autocomplete: "off" });
  const submit = (event) => { event.preventDefault(); if (!name.value.trim()) return; byId("reviewer").value = name.value.trim(); byId("ask").close(); then(); };
  byId("ask").replaceChildren(el("form", { on: { submit } }, el("h2", { text: "Who is reviewing?" }), el("p", { text: "The ledger keeps who decided what, and when." }), name, el("button", { type: "submit", class: "act yes", text: "Go on" })));
  byId("ask").showModal();
  name.focus();
}

function showHelp() {
  showDialog(el("h2", { text: "Keys" }), el("table", { class: "help" }, el("tbody", {}, ...KEYS.map(([key, does]) => el("tr", {}, el("td", {}, el("kbd", { text: key })), el("td", { text: does }))))));
}

function showDialog(...parts) {
  const close = el("button", { type: "button", class: "act", on: { click: () => byId("ask").close() }, text: "Close" });
  byId("ask").replaceChildren(...parts.filter(Boolean), close);
  if (!byId("ask").open) byId("ask").showModal();
}

function buildNodes() {
  byId("nodes").append(...[...NODES].sort().map((node) => el("option", { value: node })));
}

function listen() {
  let waiting = 0;
  byId("search").addEventListener("input", (event) => { clearTimeout(waiting); const value = event.target.value; waiting = setTimeout(() => setFilter({ search: value }), 90); });
  byId("clear").addEventListener("click", clearFilters);
  byId("undo").addEventListener("click", undoLast);
  byId("export-csv").addEventListener("click", () => exportAs("csv"));
  byId("export-json").addEventListener("click", () => exportAs("json"));
  byId("import").addEventListener("change", (event) => { if (event.target.files[0]) importFile(event.target.files[0]); event.target.value = ""; });
  byId("help").addEventListener("click", showHelp);
  window.addEventListener("scroll", drawVisible, { passive: true });
  window.addEventListener("resize", redraw);
  NARROW.addEventListener("change", refilter);
  window.addEventListener("beforeprint", preparePrint);
  window.addEventListener("afterprint", redraw);
  document.addEventListener("keydown", onKey);
}

async function start() {
  buildHeader();
  buildTiles();
  buildCauses();
  buildDrift();
  buildTabs();
  buildSelects();
  listen();
  loadDraft();
  refreshAudit();
  refreshDock();
  refilter();
  document.body.classList.add("ready");
  setTimeout(buildNodes, 50);
  await loadSaved();
  refreshDock();
  refreshAudit();
  redraw();
  saveSoon();
}

start();
