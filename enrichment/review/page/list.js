// A list of any length of which only the visible part is built. All items have one height.
const LIST = { items: [], height: 108, build: null, cursor: -1, start: -1, end: -1, nodes: new Map() };
const MARGIN = 6;

function showList(items, height, build) {
  Object.assign(LIST, { items, height, build, start: -1, end: -1, cursor: Math.min(LIST.cursor, items.length - 1) });
  const list = byId("list");
  list.style.height = items.length * height + "px";
  drawVisible();
}

function drawVisible() {
  const list = byId("list");
  if (list.hidden || !LIST.build) return;
  const top = -list.getBoundingClientRect().top;
  const start = Math.max(0, Math.floor(top / LIST.height) - MARGIN);
  const end = Math.min(LIST.items.length, Math.ceil((top + window.innerHeight) / LIST.height) + MARGIN);
  if (start === LIST.start && end === LIST.end) return;
  const kept = LIST.start < 0 ? new Map() : LIST.nodes;
  if (!kept.size) list.replaceChildren(...(LIST.items.length ? [] : [emptyNote()]));
  Object.assign(LIST, { start, end, nodes: new Map() });
  for (let at = start; at < end; at++) LIST.nodes.set(at, kept.get(at) || buildItem(at));
  kept.forEach((node, at) => { if (!LIST.nodes.has(at)) node.remove(); });
  placeInOrder(list);
  foldMarks([...LIST.nodes].filter(([at]) => !kept.has(at)).map(([, node]) => node));
}

/** Scrolling leaves alone what stays in sight: a button keeps its focus, and a press that began on it ends on it. */
function placeInOrder(list) {
  let next = null;
  for (let at = LIST.end - 1; at >= LIST.start; at--) {
    const node = LIST.nodes.get(at);
    if (node.parentNode !== list || node.nextSibling !== next) list.insertBefore(node, next);
    next = node;
  }
}

function buildItem(at) {
  const node = LIST.build(LIST.items[at], at);
  node.style.transform = `translateY(${at * LIST.height}px)`;
  node.style.height = LIST.height + "px";
  node.classList.toggle("cursor", at === LIST.cursor);
  node.addEventListener("mousedown", () => setCursor(at));
  return node;
}

function emptyNote() {
  const filtered = Object.entries(NO_FILTER).some(([name, none]) => FILTER[name] !== none);
  const quiet = FILTER.tab === "audit" ? "No placement is there to be checked." : "Nothing is new, moved or withdrawn tonight.";
  return el("p", { class: "empty", text: filtered ? "Nothing matches these filters." : quiet });
}
function redraw() { LIST.start = -1; drawVisible(); }

function setCursor(at) {
  LIST.cursor = at;
  const list = byId("list");
  [...list.children].forEach((node, child) => node.classList.toggle("cursor", LIST.start + child === at));
}

function moveCursor(step) {
  if (!LIST.items.length) return;
  LIST.cursor = Math.max(0, Math.min(LIST.items.length - 1, LIST.cursor + step));
  // A button that still has the focus would take the next Enter for itself.
  if (document.activeElement instanceof HTMLButtonElement) byId("list").focus({ preventScroll: true });
  scrollToCursor();
  redraw();
  if (!byId("detail").hidden) openSelected();
}

function scrollToCursor() {
  const top = byId("list").getBoundingClientRect().top + LIST.cursor * LIST.height;
  const ceiling = document.querySelector(".bar").getBoundingClientRect().bottom;
  const floor = window.innerHeight - document.querySelector(".dock").offsetHeight - LIST.height;
  if (top < ceiling) window.scrollBy(0, top - ceiling - 8);
  else if (top > floor) window.scrollBy(0, top - floor + 8);
}

/** Paper has no scroll: print the first items of the list as they stand. */
const PRINTED = 150;
function preparePrint() {
  if (!LIST.build || byId("list").hidden) return;
  const items = LIST.items.slice(0, PRINTED).map((item, at) => LIST.build(item, at));
  if (LIST.items.length > PRINTED) {
    items.push(el("p", { text: `… and ${count(LIST.items.length - PRINTED)} more. Filter, or open the page.` }));
  }
  byId("list").replaceChildren(...items);
}
