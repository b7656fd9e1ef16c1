// What the reader has chosen, and how it stands in the address after the #.

const TOPS = [5, 10, 20, 50, 100];
const DIRECTIONS = ["up", "down"];
const DIGITS = 6; // of a point in the link
const SPLIT_DIGITS = 12; // of a locked share, which is kept as it is
const KINDS = ["near", "order", "any"]; // of draws of weights

function reportState() {
  return {
    weights: reportWeights,
    top: Math.min(20, count),
    sort: { by: "rank", way: "up" },
    query: "",
    facets: data.markets.facets.map(() => null),
    mine: [],
    onlyMine: false,
    market: null,
    pair: count > 1 ? [0, 1] : null,
    scenarios: givenScenarios,
    kind: kindsShown[0] ?? "near",
    map: "score",
    shape: "tiles",
  };
}

// Only what differs from the report as it opens is written.
function toHash(state) {
  const start = reportState();
  const words = new URLSearchParams();
  if (!isReports(state.weights)) writeWeights(state.weights, (key, text) => words.set(key, text));
  if (state.top !== start.top) words.set("top", state.top >= count ? "all" : `${state.top}`);
  if (state.sort.by !== "rank" || state.sort.way !== "up") words.set("sort", `${state.sort.by},${state.sort.way}`);
  if (state.query) words.set("find", state.query);
  state.facets.forEach((place, n) => {
    if (place !== null) words.set(`only.${n}`, `${place}`);
  });
  if (state.mine.length) words.set("mine", state.mine.join(","));
  if (state.onlyMine) words.set("show", "mine");
  if (state.kind !== start.kind) words.set("vary", state.kind);
  if (state.map !== start.map) words.set("map", state.map);
  if (state.shape !== start.shape) words.set("shape", state.shape);
  writeScenarios(state.scenarios, words);
  if (state.market !== null) words.set("market", markets.key[state.market]);
  if (state.pair && `${state.pair}` !== `${start.pair}`) {
    state.pair.forEach((market, n) => words.set(n ? "second" : "first", markets.key[market]));
  }
  return words.toString().replaceAll("%2C", ","); // which needs no escape, and reads better
}

// The top factors' weights as "weights", those under a factor by its code; a locked share after _.
function writeWeights(weights, write) {
  weights.forEach((group, g) => {
    const split = splitOf(group);
    if (split === null || (g > 0 && engine.isStated(split, g) && group.locks.every((lock) => lock === null))) return;
    const texts = group.points.map((point, n) => (group.locks[n] === null ? linkPoint(point) : `_${Number(group.locks[n].toPrecision(SPLIT_DIGITS))}`));
    write(weightsKey(g), texts.join(","));
  });
}

function weightsKey(g) {
  return g === 0 ? "weights" : `in.${groups[g].code}`;
}

function linkPoint(point) {
  return `${Number(point.toPrecision(DIGITS))}`;
}

// What stands in a link of a group's weights; those of the report where it has no meaning here.
function readWeights(text, g) {
  const start = reportWeights[g];
  const parts = (text ?? "").split(",");
  if (!(g === 0 ? live : deep) || parts.length !== start.points.length) return start;
  const locks = parts.map((part) => (part.startsWith("_") ? numberOf(part.slice(1)) : null));
  const points = parts.map((part, n) => (locks[n] === null ? pointOf(part, g, n) : start.points[n]));
  const usable = points.every((point, n) => point >= 0 && point <= 1e6 && !(groups[g].idle[n] && point > 0))
    && locks.every((lock) => lock === null || (lock >= 0 && lock <= 1))
    && locks.reduce((sum, lock) => sum + lock, 0) <= 1 + LEVEL_SHARE;
  const group = { points, locks };
  return usable && splitOf(group) !== null ? group : start;
}

function numberOf(text) {
  return text.trim() ? Number(text) : NaN;
}

// What the link rounded is the report's own weight again.
function pointOf(text, g, n) {
  const point = numberOf(text);
  const own = reportWeights[g].points[n];
  return linkPoint(point) === linkPoint(own) ? own : point;
}

// Whatever has no meaning here is left as the report has it; a link may be old or broken.
function fromHash(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const state = reportState();
  state.weights = groups.map((_, g) => readWeights(words.get(weightsKey(g)), g));
  const top = words.get("top") === "all" ? count : Number(words.get("top"));
  if (TOPS.includes(top) || top === count) state.top = Math.min(top, count);
  const [by, way] = (words.get("sort") ?? "").split(",");
  if (COLUMNS.some((column) => column.id === by) && DIRECTIONS.includes(way)) state.sort = { by, way };
  state.query = words.get("find") ?? "";
  state.facets = data.markets.facets.map(({ names }, n) => placeIn(words.get(`only.${n}`), names.length));
  state.mine = (words.get("mine") ?? "").split(",").map((text) => placeIn(text, count)).filter((market) => market !== null);
  state.onlyMine = words.get("show") === "mine" && state.mine.length > 0;
  if (kindsShown.includes(words.get("vary"))) state.kind = words.get("vary");
  if (SHADED.some(({ id }) => id === words.get("map"))) state.map = words.get("map");
  if (words.get("shape") === "outlines" && Object.keys(data.outlines).length) state.shape = "outlines";
  state.scenarios = readScenarios(words);
  state.market = placeOf(words.get("market"));
  if (state.pair) state.pair = pairOf(placeOf(words.get("first")), placeOf(words.get("second")), state.pair);
  return state;
}

function placeIn(text, size) {
  return /^\d+$/.test(text ?? "") && Number(text) < size ? Number(text) : null;
}

// Two markets that are not the same one.
function pairOf(first, second, start) {
  if (first !== null && first === second) return start;
  const pair = [first ?? start[0], second ?? start[1]];
  return pair[0] === pair[1] ? start.toReversed() : pair;
}

function placeOf(key) {
  const place = markets.key.indexOf(key);
  return place < 0 ? null : place;
}
