// How far a ranking can be trusted: from what Python drew for the report, or from the page's own draws.

const APART = 0.95; // of the time one has to be ahead of the other, as in uncertainty/doubts.py
const MOST_ROWS = 200; // of this table
const KIND_NAMES = {
  near: "weights near the stated ones",
  order: "weights in the stated order",
  any: "any weights",
  report: "as the report was drawn",
};
const SUPPOSED = { // after "if"
  near: "the weights stay near the stated ones",
  order: "the weights keep the stated order",
  any: "the weights are drawn at random",
};
const ownKind = data.trust !== null && !data.trust.near; // the report was drawn in a way of its own
const kindsShown = [...(ownKind ? ["report"] : []), ...(drawing ? KINDS : [])];

function buildTrust() {
  fill(byId("vary"), ...kindsShown.map((kind) => make("option", { value: kind }, KIND_NAMES[kind])));
  byId("vary").parentElement.hidden = kindsShown.length < 2;
  byId("vary").addEventListener("change", () => change({ kind: byId("vary").value }));
  buildDoubt();
}

// What is varied: a way of the report's own is known for its weights alone, unless it took any weights.
function kindAt(result, kind) {
  const known_ = kind !== "report" || result.own || !drawing || (data.trust.around === "any" && !data.trust.errors);
  return known_ ? kind : "near";
}

// Intervals and shares at a ranking's weights; null where they are not known, `pending` where draws
// are still being made.
function trustAt(result, kind, draws) {
  const doubted = result.own && data.doubt?.kinds.find(({ name }) => name === { near: "weights", order: "order", any: "any" }[kind]);
  const python = result.own && data.trust !== null && (kind === "report" || (kind === "near" && data.trust.near));
  const everywhere = kind === "report" && data.trust.around === "any" && !data.trust.errors;
  const asReport = result.own && (kind === "near" || kind === "report") && data.interval !== "";
  const own = draws?.kind === kind ? draws : null;
  const ends = asReport ? markets : doubted || own || { low: nobody, high: nobody };
  return {
    kind, low: ends.low, high: ends.high, ends: asReport ? "report" : doubted ? "doubt" : own ? "page" : null,
    shares: python || everywhere ? data.trust : own, fromPage: !(python || everywhere), reach: own?.reach ?? null,
    pending: drawing && kind !== "report" && own === null, draws: own,
  };
}

const nobody = everyMarket.map(() => null);

function withinOf(shares, k, market) {
  const n = shares.tops.indexOf(k);
  return n < 0 ? null : Math.min(1, shares.within[n][market]);
}

function levelWords(kind) {
  const deepDraws = deep && model.levels === "all";
  if (kind === "near") return data.redraw.words[deepDraws ? "all" : "top"];
  const where = deepDraws ? "in every group" : "of the top factors";
  return kind === "order" ? `over all weights ${where} that keep the order of those given` : `over all weights ${where}, each as likely as any other`;
}

function trustWords(view) {
  const { kind, shares, fromPage, pending } = view.trust;
  const wide = "A wide bar means that the place depends on what was varied.";
  if (count === 1 || (groups.every(({ children }) => children.length === 1) && !data.trust?.errors)) {
    return "There is nothing to vary: weights cannot move this ranking.";
  }
  if (data.trust === null && data.redraw === null) return "The ranking was made without draws of weights, so nothing is known of this.";
  if (shares === null && pending) return "Weights are being drawn \u2026";
  if (shares === null) return "How sure the order is, is known for the report\u2019s weights only; reset the weights to see it.";
  const draws = plural(shares.draws, "draw");
  if (!fromPage) return `From ${draws}, ${data.trust.words}. ${wide}`;
  const where = view.own ? "Computed in this page" : "At your weights, computed in this page";
  const before = ownKind && view.state.kind === "report" ? ` What the report varied (${data.trust.words}) is known for its weights only.` : "";
  const lacking = data.trust?.errors || data.doubt ? " Errors of the data, modeling choices and other markets are not in it: they are known for the report\u2019s weights only." : "";
  return `${where}: ${draws}, ${levelWords(kind)}. ${wide}${lacking}${before}`;
}

function renderTrust(view) {
  byId("vary").value = view.state.kind;
  byId("trust-hint").textContent = trustWords(view);
  byId("trust").classList.toggle("pending", view.trust.pending && view.trust.shares === null);
  const { shares, low, high, pending } = view.trust;
  renderDoubt(view);
  if (shares === null && pending && byId("trust-table").children.length) return;
  if (shares === null || shares.low === undefined || count === 1) return fill(byId("trust-table"));
  const ends = low[view.order[0]] === null ? shares : { low, high };
  const k = Math.min(view.state.top, count);
  const among = view.order.filter((market) => view.ranks[market] <= k);
  const shown = among.slice(0, MOST_ROWS);
  const last = Math.max(...shown.map((market) => ends.high[market]), k);
  const heads = ["Rank", "Market", "Rank interval", "First", ...(k < count ? [`Among the first ${k}`] : [])];
  const head = make("tr", {}, ...heads.map((text, n) => make("th", { scope: "col", class: `t${n}` }, text)));
  const rows_ = shown.map((market) =>
    make(
      "tr", {},
      make("td", { class: "t0" }, `${view.ranks[market]}`),
      make("th", { scope: "row", class: "t1" }, marketButton(market)),
      make("td", { class: "t2" }, intervalStrip(ends.low[market], view.ranks[market], ends.high[market], last)),
      make("td", { class: "t3" }, shareText(withinOf(shares, 1, market))),
      k < count ? make("td", { class: "t4" }, shareText(withinOf(shares, k, market))) : null,
    ),
  );
  fill(byId("trust-table"), make("thead", {}, head), make("tbody", {}, ...rows_));
  byId("trust-more").textContent = among.length > shown.length ? `These are the first ${shown.length} of ${among.length}.` : "";
}

function intervalStrip(low, rank, high, last) {
  const strip = make("span", { class: "strip", "aria-hidden": "true" }, make("i", { class: "reach" }), make("i", { class: "mark" }));
  strip.children[0].style.left = `${(100 * (low - 1)) / last}%`;
  strip.children[0].style.width = `${(100 * (high - low + 1)) / last}%`;
  strip.children[1].style.left = `${(100 * (rank - 0.5)) / last}%`;
  return make("span", { class: "interval" }, strip, make("span", { class: "ends" }, rangeText(low, high)));
}

// Who cannot be told apart: pairs among the first ten, as places in the order.

function togetherPairs(view) {
  if (view.own && data.doubt) return data.doubt.together;
  const { draws } = view.trust;
  if (!draws || view.trust.kind === "report") return [];
  const pairs = [];
  draws.leaders.forEach((_, a) => {
    for (let b = a + 1; b < draws.leaders.length; b++) if (draws.ahead[a][b] < APART) pairs.push([a, b]);
  });
  return pairs;
}

// The longest runs of places of which no two can be told apart.
function bracketsOf(view) {
  const pairs = new Set(togetherPairs(view).map(([a, b]) => `${a},${b}`));
  const places = Math.min(10, view.order.length);
  const runs = [];
  for (let start = 0; start < places; start++) {
    let end = start;
    while (end + 1 < places && Array.from({ length: end + 1 - start }, (_, n) => start + n).every((a) => pairs.has(`${a},${end + 1}`))) end += 1;
    if (end > start && !runs.some((run) => run.end >= end)) runs.push({ start, end });
  }
  const lanes = []; // the place at which each lane is free again
  for (const run of runs) {
    const free = lanes.findIndex((until) => until < run.start);
    run.lane = free < 0 ? lanes.length : free;
    lanes[run.lane] = run.end;
  }
  return runs;
}

function bracketWords(view, runs) {
  if (!runs.length) return "";
  const groups_ = runs.map(({ start, end }) => list(view.order.slice(start, end + 1).map((market) => markets.name[market])));
  const supposed = view.own && data.doubt
    ? data.doubt.kinds.map((kind) => kind.supposed).filter(Boolean)
    : [SUPPOSED[view.trust.kind]];
  const when = list(supposed.map((words) => `if ${words}`));
  return `Brackets join those of the first ten that cannot be told apart, as none is ahead of another 95% of the time ${when}: ${groups_.join("; ")}.`;
}
