// From which node to which: the largest flows as a ranked list and as a matrix.
const FLOW = { level: "class", basis: DATA.flows.some((flow) => flow[1] === "catalogue") ? "catalogue" : "vendor" };
const MATRIX_SIDE = 10, RANKED = 40;

function flowsNow() {
  return DATA.flows.filter(([level, basis]) => level === FLOW.level && basis === FLOW.basis)
    .map(([level, basis, origin, to, size]) => ({ level, basis, origin, to, size }));
}

/** How many products moved at the level, those of flows too small to be listed included. */
function movesNow() {
  const found = DATA.flow_totals.find(([level, basis]) => level === FLOW.level && basis === FLOW.basis);
  return found ? found[2] : 0;
}
function openFlow({ level, basis, origin, to }) { setFilter({ ...NO_FILTER, tab: "products", flow: { level, basis, origin, to } }); }

function buildFlows() {
  const flows = flowsNow(), total = movesNow();
  const ten = flows.slice(0, 10).reduce((sum, flow) => sum + flow.size, 0);
  const told = total ? `${plural(total, "move", "moves")} at ${FLOW.level} level; the ten largest explain ${percent(ten / total)}.` : `No moves at ${FLOW.level} level.`;
  byId("sheet").replaceChildren(flowSwitches(), el("p", { class: "lede", text: told }), el("div", { class: "flows" }, rankedFlows(flows, total), flowMatrix(flows)));
  byId("count").textContent = plural(total, "move", "moves");
}

function flowSwitches() {
  const pick = (name, value, label) => el("button", { type: "button", class: "tab" + (FLOW[name] === value ? " on" : ""), on: { click: () => { FLOW[name] = value; buildFlows(); } }, text: label });
  return el("div", { class: "switches" },
    el("span", { class: "tabs" }, ...LEVELS.map((level) => pick("level", level, level))),
    el("span", { class: "tabs" }, pick("basis", "catalogue", "from the last catalogue"), pick("basis", "vendor", "from the vendor's filing")));
}

function rankedFlows(flows, total) {
  let sum = 0;
  const rows = flows.slice(0, RANKED).map((flow) => {
    sum += flow.size;
    const bar = el("i");
    bar.style.width = (100 * flow.size) / flows[0].size + "%";
    return el("button", { type: "button", class: "flow", on: { click: () => openFlow(flow) } },
      el("span", { class: "names" }, el("span", { class: "from", text: flow.origin }), el("span", { class: "arrow", text: "→" }), el("b", { text: flow.to })),
      el("span", { class: "track" }, bar), el("b", { class: "number", text: count(flow.size) }), el("small", { text: percent(sum / total) }));
  });
  return el("div", { class: "ranked" }, el("p", { class: "flow heads" }, el("span", { text: "From → to" }), el("span"), el("span", { class: "number", text: "Products" }), el("small", { text: "so far" })), ...rows);
}

/** The nodes with most moves, at most ten a side; darker is more, and each cell says its number. */
function topNodes(flows, side) {
  const sums = new Map();
  for (const flow of flows) sums.set(flow[side], (sums.get(flow[side]) || 0) + flow.size);
  return [...sums.entries()].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MATRIX_SIDE).map(([name]) => name);
}

function shortNode(path) { const levels = levelsOf(path); return levels.length > 1 ? levels[0].slice(0, 1) + " · " + levels.at(-1) : path; }

/** Short names; nodes that would be called alike keep their whole path. */
function nodeLabels(paths) {
  const short = paths.map(shortNode);
  return short.map((name, at) => (short.indexOf(name) === short.lastIndexOf(name) ? name : paths[at]));
}

function flowMatrix(flows) {
  const origins = topNodes(flows, "origin"), targets = topNodes(flows, "to");
  if (!origins.length) return el("div");
  const cells = new Map(flows.map((flow) => [flow.origin + "\u001f" + flow.to, flow]));
  const most = flows[0].size, above = nodeLabels(targets), beside = nodeLabels(origins);
  const head = el("tr", {}, el("td"), ...targets.map((to, at) => el("th", { class: "turned", title: to }, el("span", { text: above[at] }))));
  const rows = origins.map((origin, at) => el("tr", {}, el("th", { text: beside[at], title: origin }), ...targets.map((to) => matrixCell(cells.get(origin + "\u001f" + to), most))));
  return el("table", { class: "matrix" }, el("thead", {}, head), el("tbody", {}, ...rows));
}

function matrixCell(flow, most) {
  if (!flow) return el("td");
  const depth = 1 + Math.round(5 * Math.sqrt(flow.size / most));
  return el("td", { class: "heat h" + Math.min(6, depth), title: `${flow.origin} → ${flow.to}` }, el("button", { type: "button", on: { click: () => openFlow(flow) }, text: count(flow.size) }));
}
