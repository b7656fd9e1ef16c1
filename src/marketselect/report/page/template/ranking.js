// The table of markets.

const COLUMNS = [
  { id: "rank", label: "Rank", value: (view, market) => view.ranks[market], first: "up" },
  { id: "name", label: "Market", value: (view, market) => markets.name[market], first: "up" },
  { id: "score", label: "Score", value: (view, market) => view.scores[market], first: "down" },
  { id: "interval", label: "Interval", value: (view, market) => view.trust.high[market], first: "up" },
  ...data.factors.map((factor, f) => ({
    id: `factor${f}`,
    label: factor.name,
    value: (view, market) => markets.factors[market][f],
    first: "down",
    factor: f,
  })),
  { id: "observed", label: "Observed", value: (view, market) => coverageAt(view.weights, market), first: "down" },
];

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });
const rows = new Map();
let counting = 0; // the timer of what is said of the number of markets

function buildTable() {
  const heads = COLUMNS.map((column) => {
    const button = make("button", { type: "button", class: "sort", onclick: () => sortBy(column) }, isolated(column.label));
    return make("th", { scope: "col", class: columnClass(column), "data-column": column.id }, button);
  });
  fill(byId("columns"), ...heads);
  const tops = [...TOPS.filter((top) => top < count), count];
  const options = tops.map((top) => make("option", { value: top }, topText(top)));
  fill(byId("top"), ...options);
  byId("top").addEventListener("change", () => change({ top: Number(byId("top").value) }));
  byId("search").addEventListener("input", () => change({ query: byId("search").value }));
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

// Letters that are no plain letter with an accent, and signs that a keyboard has another for.
const PLAIN = { ı: "i", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", "’": "'", "‘": "'", ʼ: "'", "-": " ", "–": " ", "&": "and" };

// Without accents, capitals and hyphens, so that "cote d'i" finds "Côte d’Ivoire".
function folded(text) {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return [...bare].map((sign) => PLAIN[sign] ?? sign).join("");
}

const searched = everyMarket.map((market) => folded(`${markets.name[market]} ${markets.label[market]} ${markets.short[market]} ${markets.also[market]}`));
const searchedLeft = data.excluded.map(({ label, name, also }) => folded(`${name} ${label} ${also}`));

function shownMarkets(view) {
  const { query, top, sort } = view.state;
  const words = folded(query.trim());
  const shown = view.order.filter((market) => (words ? searched[market].includes(words) : view.ranks[market] <= top));
  const { value } = COLUMNS.find((column) => column.id === sort.by);
  const sign = sort.way === "up" ? 1 : -1;
  const keys = new Map(shown.map((market) => [market, value(view, market)]));
  return shown.sort((a, b) => sign * compared(keys.get(a), keys.get(b)) || view.ranks[a] - view.ranks[b]);
}

function compared(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === "string" ? collator.compare(a, b) : a - b;
}

function renderTable(view) {
  for (const head of byId("columns").children) {
    const way = head.dataset.column === view.state.sort.by ? view.state.sort.way : null;
    if (way === null) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", way === "up" ? "ascending" : "descending");
  }
  const select = byId("top");
  if (![...select.options].some((option) => Number(option.value) === view.state.top)) {
    select.prepend(make("option", { value: view.state.top }, topText(view.state.top)));
  }
  select.value = view.state.top;
  if (byId("search").value !== view.state.query) byId("search").value = view.state.query;
  const shown = shownMarkets(view);
  const drawn = shown.map((market) => renderRow(view, market));
  const there = byId("rows").children;
  const same = there.length === drawn.length && drawn.every((row, n) => row === there[n]);
  if (!same) fill(byId("rows"), ...drawn);
  tellShown(shownWords(view, shown));
  byId("interval-hint").textContent = intervalWords(view);
}

// Once nothing is typed any more: a screen reader must not speak at every letter.
function tellShown(words) {
  clearTimeout(counting);
  const field = byId("shown");
  if (!field.textContent) field.textContent = words;
  else if (field.textContent !== words) counting = setTimeout(() => (field.textContent = words), 400);
}

function shownWords(view, shown) {
  const words = folded(view.state.query.trim());
  if (words) {
    const left = data.excluded.filter((_, place) => searchedLeft[place].includes(words)).map(({ name }) => name);
    const rest = left.length > 3 ? ` and ${left.length - 3} more` : "";
    const told = left.length ? ` Left out: ${left.slice(0, 3).join(", ")}${rest}; see below why.` : "";
    return `${plural(shown.length, "market")} found among ${count}.${told}`;
  }
  return shown.length < count ? `${shown.length} of ${count} markets.` : `${plural(count, "market")}.`;
}

function intervalWords(view) {
  if (!data.interval) return "";
  if (view.own) return `Interval: ${data.interval}.`;
  if (data.redraw === null) return "Interval: known for the report\u2019s weights only.";
  return `Interval: where 90% of the ranks lie ${data.redraw.words}, computed at your weights in this page.`;
}

function renderRow(view, market) {
  if (!rows.has(market)) rows.set(market, buildRow(market));
  const { row, rank, move, score, value, bar, interval, observed } = rows.get(market);
  rank.textContent = view.ranks[market];
  const steps = markets.rank[market] - view.ranks[market];
  fill(move, ...moveMark(steps));
  move.className = steps > 0 ? "move rise" : steps < 0 ? "move fall" : "move";
  score.value = view.scores[market];
  value.textContent = scoreText(view.scores[market]);
  fillBar(bar, view, market);
  interval.textContent = view.trust.pending && data.interval
    ? "\u2026" : rangeText(view.trust.low[market], view.trust.high[market]);
  observed.textContent = shareText(coverageAt(view.weights, market));
  return row;
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
  const value = make("span");
  const score = make("data", {}, value);
  const bar = make("span", { class: "stack", "aria-hidden": "true" });
  const interval = make("td", { class: "c-interval" });
  const observed = make("td", { class: "c-observed" });
  const factors = markets.factors[market].map((score_, f) => {
    const line = make("i", { class: "thin", "aria-hidden": "true" });
    line.style.setProperty("--share", `${100 * scaledShare(score_)}%`);
    line.style.setProperty("--color", color(f));
    return make("td", { class: "c-factor" }, scaledText(score_), line);
  });
  const row = make(
    "tr", { "data-market": markets.key[market] },
    make("td", { class: "c-rank" }, rank, move),
    make("th", { scope: "row", class: "c-name" }, marketButton(market), codeOf(market)),
    make("td", { class: "c-score" }, score, bar),
    interval, ...factors, observed,
  );
  return { row, rank, move, score, value, bar, interval, observed };
}

function codeOf(market) {
  return markets.label[market] === markets.name[market] ? null : isolated(markets.label[market], { class: "code" });
}

function marketButton(market) {
  const open = () => change({ market });
  return make("button", { type: "button", class: "market", onclick: open }, isolated(markets.name[market]));
}

function scaledShare(score) {
  const [low, high] = data.range;
  return Math.min(1, Math.max(0, (score - low) / (high - low)));
}

// The bar of a score: a part for each factor where the score is their sum, else one length.

const summed = formula.kind === "linear" && formula.terms.every((terms) => terms.every((term) => term >= 0));

function fillBar(bar, view, market) {
  const { least, length } = view.bar;
  const parts = summed
    ? formula.terms[market].map((term, f) => [view.weights[f] * term, color(f)])
    : [[view.scores[market] - least, "var(--accent)"]];
  while (bar.children.length < parts.length) bar.append(make("i"));
  parts.forEach(([size, shade], n) => {
    bar.children[n].style.width = `${(100 * size) / length}%`;
    bar.children[n].style.background = shade;
  });
}

// Bars start at zero, or at the lowest score below it, and end where the scale does.
function barScale(scores) {
  const least = scores.reduce((low, score) => Math.min(low, score), 0);
  const most = scores.reduce((high, score) => Math.max(high, score), 0);
  const natural = formula.kind === "closeness" ? 1 : data.range[1];
  const fits = least === 0 && most <= natural && most > natural / 4;
  return { least, length: fits ? natural : most - least || 1 };
}
