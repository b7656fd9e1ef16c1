// The table of markets. Of a long one only the rows in sight are drawn; paper gets all.

const COLUMNS = [
  { id: "rank", label: "Rank", value: (view, market) => view.ranks[market], first: "up" },
  { id: "name", label: "Market", value: (view, market) => markets.name[market], first: "up" },
  { id: "score", label: "Score", value: (view, market) => view.scores[market], first: "down" },
  { id: "interval", label: "Interval", value: (view, market) => view.trust.high[market], first: "up" },
  ...data.factors.map((factor, f) => ({
    id: `factor${f}`,
    label: factor.name,
    value: (view, market) => view.factors[f][market],
    first: "down",
    factor: f,
  })),
  { id: "observed", label: "Coverage", value: (view, market) => coverageAt(view, market), first: "down" },
];
const MANY_FACTORS = 6; // of more the columns are drawn narrow
const WHOLE = 200; // rows that are drawn whether in sight or not
const AROUND = 4; // rows above and below what is in sight
const LEAST_POOL = 64; // rows of a long table that are used again

const rows = new Map(); // by market
const pool = []; // of a long table: by place, so that a step of a slider moves none of them
let counting = 0; // the timer of what is said of the number of markets
let listed = []; // the markets shown
let rowHeight = 0; // measured once, and when the window changes
let rowsTop = 0; // where the first row stood in the window when that was last asked
let scrolling = 0;
let printing = false;

function buildTable() {
  const heads = COLUMNS.map((column) => {
    const button = make("button", { type: "button", class: "sort", onclick: () => sortBy(column) }, isolated(column.label));
    return make("th", { scope: "col", class: columnClass(column), "data-column": column.id }, button);
  });
  fill(byId("columns"), ...heads);
  byId("table").classList.toggle("dense", data.factors.length > MANY_FACTORS);
  const tops = [...TOPS.filter((top) => top < count), count];
  fill(byId("top"), ...tops.map((top) => make("option", { value: top }, topText(top))));
  byId("top").addEventListener("change", () => change({ top: Number(byId("top").value) }));
  buildFilters();
  for (const event of ["scroll", "resize"]) addEventListener(event, scrolled, { passive: true });
  byId("weights-box").addEventListener("toggle", scrolled); // on a phone it stands above the rows
}

function topText(top) {
  return top >= count ? `all ${count}` : `the first ${top}`;
}

function columnClass(column) {
  return column.factor === undefined ? `c-${column.id}` : "c-factor";
}

function sortBy(column) {
  const other = { up: "down", down: "up" };
  const way = state.sort.by === column.id ? other[state.sort.way] : column.first;
  change({ sort: { by: column.id, way } });
}

function renderTable(view) {
  const { sort, top } = view.state;
  for (const head of byId("columns").children) {
    const way = head.dataset.column === sort.by ? sort.way : null;
    if (way === null) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", way === "up" ? "ascending" : "descending");
  }
  byId("top").value = top;
  renderFilters(view);
  listed = shownMarkets(view);
  const inOrder = sort.by === "rank" && sort.way === "up" && view.passing === view.order.length;
  view.brackets = bracketsOf(view);
  view.lanes = inOrder ? lanesOf(view.brackets) : [];
  byId("table").classList.toggle("long", listed.length > WHOLE);
  byId("table").classList.toggle("bracketed", view.lanes.length > 0);
  renderRows(view);
  tellShown(shownWords(view, listed));
  byId("interval-hint").textContent = intervalWords(view);
  byId("bracket-hint").textContent = view.lanes.length ? bracketWords(view, view.brackets) : "";
}

// By place in the order: the parts of the brackets that stand beside it.
function lanesOf(runs) {
  const lanes = [];
  for (const { start, end, lane } of runs) {
    for (let place = start; place <= end; place++) {
      (lanes[place] ??= []).push([lane, place === start ? "start" : place === end ? "end" : "middle"]);
    }
  }
  return lanes;
}

// The first and the last row that have to be there. Where the page stands is asked when it is
// scrolled or rests only: to ask while rows change would lay the page out twice.
function rowsInSight(measured) {
  if (printing || listed.length <= WHOLE) return [0, listed.length];
  const high = rowHeight || 44;
  if (measured) rowsTop = byId("rows").getBoundingClientRect().top;
  const most = Math.ceil(innerHeight / high) + 2 * AROUND;
  const start = Math.max(0, Math.min(Math.floor(-rowsTop / high) - AROUND, listed.length - most));
  const end = Math.ceil((innerHeight - rowsTop) / high) + AROUND;
  return [start, Math.min(listed.length, Math.max(start + 1, end))];
}

function renderRows(view, measured = false) {
  const [start, end] = rowsInSight(measured);
  const size = Math.max(LEAST_POOL, end - start);
  const long = !printing && listed.length > WHOLE;
  const rows_ = listed.slice(start, end).map((market, n) =>
    renderRow(view, long ? pooledRow(market, (start + n) % size) : rowOf(market), market, start + n));
  const wanted = [gapRow(GAPS[0], start), ...rows_, gapRow(GAPS[1], listed.length - end)].filter(Boolean);
  const there = byId("rows").children;
  const same = there.length === wanted.length && wanted.every((row, n) => row === there[n]);
  if (!same) fill(byId("rows"), ...wanted);
  byId("table").setAttribute("aria-rowcount", listed.length + 1);
}

// Stand for rows out of sight.
const GAPS = [0, 1].map(() => make("tr", { class: "gap", "aria-hidden": "true" }, make("td", { colspan: COLUMNS.length })));

function gapRow(row, size) {
  if (!size) return null;
  row.firstChild.style.height = `${size * (rowHeight || 44)}px`;
  return row;
}

function measureRows() {
  const drawn_ = [...byId("rows").children].filter((row) => !row.classList.contains("gap"));
  if (drawn_.length > 1) rowHeight = (drawn_.at(-1).offsetTop - drawn_[0].offsetTop) / (drawn_.length - 1) || rowHeight;
}

function scrolled({ type }) {
  if (listed.length <= WHOLE || view === null) return;
  cancelAnimationFrame(scrolling);
  scrolling = requestAnimationFrame(() => {
    if (!rowHeight || type === "resize") measureRows();
    renderRows(view, true);
  });
}

// Once nothing is typed any more: a screen reader must not speak at every letter.
function tellShown(words) {
  clearTimeout(counting);
  const field = byId("shown");
  if (!field.textContent) field.textContent = words;
  else if (field.textContent !== words) counting = setTimeout(() => (field.textContent = words), 400);
}

function intervalWords(view) {
  const { ends, kind, pending, reach } = view.trust;
  const line = reach ? " The line at a score is where 90% of its scores lie, drawn in this page." : "";
  if (ends === "report") return `Interval: ${data.interval}.${line}`;
  if (ends === "doubt") return `Interval: where 90% of the ranks lie if ${SUPPOSED[kind]}.${line}`;
  if (ends === "page") return `Interval: where 90% of the ranks lie ${levelWords(kind)}, computed at ${view.own ? "the report\u2019s" : "your"} weights in this page.${line}`;
  return pending || !data.interval ? "" : "Interval: known for the report\u2019s weights only.";
}

function rowOf(market) {
  if (!rows.has(market)) rows.set(market, buildRow(market));
  return rows.get(market);
}

function pooledRow(market, slot) {
  const found = (pool[slot] ??= buildRow(market));
  if (found.market !== market) nameRow(found, market);
  return found;
}

function nameRow(found, market) {
  found.market = market;
  found.row.dataset.market = markets.key[market];
  found.star.setAttribute("aria-label", `My candidate: ${markets.name[market]}`);
  found.opens.dataset.opens = market;
  rename(found.opens.firstChild, markets.name[market]);
  rename(found.code, markets.label[market] === markets.name[market] ? "" : markets.label[market]);
}

function renderRow(view, found, market, place) {
  const { row, rank, move, score, value, bar, interval, observed, factors, star, marks } = found;
  row.setAttribute("aria-rowindex", place + 2);
  rank.textContent = `${view.ranks[market]}`;
  const steps = markets.rank[market] - view.ranks[market];
  if (found.steps !== steps) {
    fill(move, ...moveMark(steps));
    move.className = steps > 0 ? "move rise" : steps < 0 ? "move fall" : "move";
    found.steps = steps;
  }
  score.value = view.scores[market];
  value.textContent = scoreText(view.scores[market]);
  fillBar(bar, view, market);
  const { low, high, pending } = view.trust;
  interval.textContent = pending && low[market] === null ? "\u2026" : rangeText(low[market], high[market]);
  observed.textContent = shareText(coverageAt(view, market));
  factors.forEach(({ text, line, before }, f) => {
    const part = view.factors[f][market];
    if (before === part) return;
    factors[f].before = part;
    text.textContent = scaledText(part);
    line.style.setProperty("--share", `${100 * scaledShare(part)}%`);
  });
  star.setAttribute("aria-pressed", `${view.state.mine.includes(market)}`);
  const lanes = view.lanes[place] ?? [];
  if (lanes.length || marks.children.length) fill(marks, ...lanes.map(bracketMark));
  return row;
}

function bracketMark([lane, part]) {
  const mark = make("i", { class: `bracket ${part}` });
  mark.style.setProperty("--lane", lane);
  return mark;
}

function moveMark(steps) {
  if (steps === 0) return [];
  const words = `${steps > 0 ? "up" : "down"} ${Math.abs(steps)} against the report`;
  const sign = make("span", { "aria-hidden": "true" }, `${steps > 0 ? "\u25b2" : "\u25bc"}${Math.abs(steps)}`);
  return [sign, make("span", { class: "sr" }, words)];
}

function buildRow(market) {
  const rank = make("b");
  const move = make("span", { class: "move" });
  const marks = make("span", { class: "marks", "aria-hidden": "true" });
  const value = make("span");
  const score = make("data", {}, value);
  const bar = make("span", { class: "stack", "aria-hidden": "true" });
  const interval = make("td", { class: "c-interval" });
  const observed = make("td", { class: "c-observed" });
  const found = {};
  const star = starButton(found);
  const opens = marketButton(market);
  const code = isolated("", { class: "code" });
  const factors = data.factors.map((_, f) => {
    const text = make("span");
    const line = make("i", { class: "thin", "aria-hidden": "true" });
    line.style.setProperty("--color", color(f));
    return { text, line, cell: make("td", { class: "c-factor" }, text, line) };
  });
  const row = make(
    "tr", {},
    make("td", { class: "c-rank" }, marks, rank, move),
    make("th", { scope: "row", class: "c-name" }, star, opens, code),
    make("td", { class: "c-score" }, score, bar),
    interval, ...factors.map(({ cell }) => cell), observed,
  );
  Object.assign(found, { row, opens, code, rank, move, marks, score, value, bar, interval, observed, factors, star });
  nameRow(found, market);
  return found;
}

function codeOf(market) {
  return markets.label[market] === markets.name[market] ? null : isolated(markets.label[market], { class: "code" });
}

function marketButton(market) {
  const open = ({ currentTarget }) => change({ market: Number(currentTarget.dataset.opens) });
  return make("button", { type: "button", class: "market", "data-opens": market, onclick: open }, isolated(markets.name[market]));
}

function scaledShare(score) {
  const [low, high] = data.range;
  return Math.min(1, Math.max(0, (score - low) / (high - low)));
}

// The bar of a score: a part for each factor where the score is their sum, else one length. Where
// draws are known, a dot stands at the score and a line over where 90% of its scores lie.

const termColumns = model.formula.kind === "linear" ? model.formula.terms ?? null : null;
const summed = model.formula.kind === "linear" && [...(termColumns ?? model.scores), ...(termColumns ? [] : model.columns)]
  .every((column) => column.every((term) => !(term < 0)));

function termOf(view, f, market) {
  return (termColumns ?? view.factors)[f][market];
}

function fillBar(bar, view, market) {
  const { least, length } = view.bar;
  const parts = summed
    ? data.factors.map((_, f) => [view.weights[f] * termOf(view, f, market), color(f)])
    : [[view.scores[market] - least, "var(--accent)"]];
  if (!bar.children.length) {
    fill(bar, ...parts.map(() => make("i")), make("i"), make("i"));
    parts.forEach(([, shade], n) => (bar.children[n].style.background = shade));
  }
  parts.forEach(([size], n) => (bar.children[n].style.width = `${(100 * size) / length}%`));
  const at = (score) => (100 * (score - least)) / length;
  const [line, dot] = [bar.children[parts.length], bar.children[parts.length + 1]];
  const reach = view.trust.reach?.[market];
  [line.className, dot.className] = ["span", "point"];
  line.hidden = dot.hidden = !reach;
  if (!reach) return;
  const [low, high] = [Math.min(reach[0], view.scores[market]), Math.max(reach[1], view.scores[market])];
  line.style.left = `${at(low)}%`;
  line.style.width = `${at(high) - at(low)}%`;
  dot.style.left = `${at(view.scores[market])}%`;
}

// Bars start at zero, or at the lowest score below it, and end where the scale does.
function barScale(scores) {
  let [least, most] = [0, 0];
  for (const score of scores) {
    if (score < least) least = score;
    if (score > most) most = score;
  }
  const natural = model.formula.kind === "closeness" ? 1 : data.range[1];
  const fits = least === 0 && most <= natural && most > natural / 4;
  return { least, length: fits ? natural : most - least || 1 };
}
