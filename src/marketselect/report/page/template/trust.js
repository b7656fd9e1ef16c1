// How far a ranking can be trusted: from the report's draws, or from new ones at other weights.

const DRAWS = 1000;
const LOW = 0.05;
const HIGH = 0.95;

// Random numbers from 0 to 1, the same each time (mulberry32).
function uniform(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// Rank again at weights drawn around the given ones, each within a share of itself.
function drawnTrust(result, tolerance) {
  const random = uniform(1);
  const draws = Math.max(100, Math.min(DRAWS, Math.floor(2e6 / count)));
  const ranks = everyMarket.map(() => new Int32Array(draws));
  const sizes = everyMarket.map(() => new Int32Array(draws)); // of the group that a market ties with
  let order = result.order;
  for (let draw = 0; draw < draws; draw++) {
    const points = result.weights.map((weight) => weight * (1 + tolerance * (2 * random() - 1)));
    const weights = shares(points) ?? result.weights;
    const again = ranked(scoresAt(weights) ?? result.scores, order);
    order = again.order;
    const size = new Map();
    for (const rank of again.ranks) size.set(rank, (size.get(rank) ?? 0) + 1);
    for (let market = 0; market < count; market++) {
      ranks[market][draw] = again.ranks[market];
      sizes[market][draw] = size.get(again.ranks[market]);
    }
  }
  const sorted = ranks.map((taken) => taken.slice().sort());
  const at = (share) => sorted.map((taken) => taken[Math.ceil(share * draws * (1 - TIE)) - 1]);
  return {
    draws,
    low: at(LOW).map((rank, market) => Math.min(rank, result.ranks[market])),
    high: at(HIGH).map((rank, market) => Math.max(rank, result.ranks[market])),
    // Tied markets split the places that their group holds.
    within: (k, market) =>
      ranks[market].reduce((sum, rank, draw) => {
        return sum + Math.min(1, Math.max(0, (k - rank + 1) / sizes[market][draw]));
      }, 0) / draws,
  };
}

// What Python counted.
const reportTrust = data.trust && {
  draws: data.trust.draws,
  low: data.trust.low,
  high: data.trust.high,
  within: (k, market) => {
    const kept = Math.max(0, k - data.trust.start[market]);
    return Math.min(1, data.trust.shares[market].slice(0, kept).reduce((sum, share) => sum + share, 0));
  },
};

// Trust and rank intervals at a ranking's weights; null where they are not known.
function trustAt(result) {
  if (result.own) return { trust: reportTrust, low: markets.low, high: markets.high, drawn: false };
  const anywhere = data.trust !== null && data.trust.around === "any";
  const drawn = data.redraw === null ? null : drawnTrust(result, data.redraw.tolerance);
  const nobody = everyMarket.map(() => null);
  return {
    trust: anywhere ? reportTrust : data.trust && data.trust.tolerance !== null ? drawn : null,
    low: drawn && data.interval ? drawn.low : nobody,
    high: drawn && data.interval ? drawn.high : nobody,
    drawn: drawn !== null && !anywhere,
  };
}

function trustWords(found) {
  if (data.trust === null && data.interval) return "How often a market takes each rank is counted for at most 1,000 markets; the intervals in the table are known for all.";
  if (data.trust === null) return "The ranking was made without draws of weights, so nothing is known of this.";
  if (found.trust === null) return "How sure the order is, is known for the report\u2019s weights only; reset the weights to see it.";
  const draws = found.trust.draws.toLocaleString("en");
  const where = found.drawn ? `At your weights, computed in this page: ${draws} draws` : `From ${draws} draws`;
  const words = found.drawn ? data.redraw.words : data.trust.words;
  return `${where}, ${words}. A wide bar means that the place depends on the weights.`;
}

function renderTrust(view) {
  byId("trust").classList.toggle("pending", view.trust.pending === true);
  if (view.trust.pending) return;
  byId("trust-hint").textContent = trustWords(view.trust);
  const table = byId("trust-table");
  fill(table);
  if (view.trust.trust === null) return;
  const { low, high, within } = view.trust.trust;
  const k = Math.min(view.state.top, count);
  const shown = view.order.filter((market) => view.ranks[market] <= k);
  const last = Math.max(...shown.map((market) => high[market]), k);
  const heads = ["Rank", "Market", "Nine times of ten", "First", `Among the first ${k}`];
  const head = make("tr", {}, ...heads.map((text, n) => make("th", { scope: "col", class: `t${n}` }, text)));
  const rows = shown.map((market) => {
    const strip = intervalStrip(low[market], view.ranks[market], high[market], last);
    return make(
      "tr", {},
      make("td", { class: "t0" }, `${view.ranks[market]}`),
      make("th", { scope: "row", class: "t1" }, marketButton(market)),
      make("td", { class: "t2" }, strip),
      make("td", { class: "t3" }, shareText(within(1, market))),
      make("td", { class: "t4" }, shareText(within(k, market))),
    );
  });
  fill(table, make("thead", {}, head), make("tbody", {}, ...rows));
}

function intervalStrip(low, rank, high, last) {
  const strip = make("span", { class: "strip" }, make("i", { class: "reach" }), make("i", { class: "mark" }));
  const place = (at) => `${(100 * (at - 0.5)) / last}%`;
  strip.children[0].style.left = `${(100 * (low - 1)) / last}%`;
  strip.children[0].style.width = `${(100 * (high - low + 1)) / last}%`;
  strip.children[1].style.left = place(rank);
  return make("span", { class: "interval" }, strip, make("span", { class: "ends" }, rangeText(low, high)));
}
