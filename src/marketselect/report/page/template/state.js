// What the reader has chosen, and how it stands in the address after the #.

const TOPS = [5, 10, 20, 50, 100];
const DIRECTIONS = ["up", "down"];
const DIGITS = 6; // of a point in the link

function reportState() {
  return {
    points: reportPoints.slice(),
    top: Math.min(20, count),
    sort: { by: "rank", way: "up" },
    query: "",
    market: null,
    pair: count > 1 ? [0, 1] : null,
  };
}

// Only what differs from the report as it opens is written.
function toHash(state) {
  const start = reportState();
  const words = new URLSearchParams();
  if (shares(state.points) !== null && !isReports(state.points)) words.set("weights", state.points.map(linkPoint).join(","));
  if (state.top !== start.top) words.set("top", state.top >= count ? "all" : `${state.top}`);
  if (state.sort.by !== "rank" || state.sort.way !== "up") words.set("sort", `${state.sort.by},${state.sort.way}`);
  if (state.query) words.set("find", state.query);
  if (state.market !== null) words.set("market", markets.key[state.market]);
  if (state.pair && `${state.pair}` !== `${start.pair}`) {
    state.pair.forEach((market, n) => words.set(n ? "second" : "first", markets.key[market]));
  }
  return words.toString().replaceAll("%2C", ","); // which needs no escape, and reads better
}

function linkPoint(point) {
  return `${Number(point.toPrecision(DIGITS))}`;
}

// What the link rounded is the report's own weight again.
function pointOf(text, f) {
  const point = text.trim() ? Number(text) : NaN;
  return linkPoint(point) === linkPoint(reportPoints[f] ?? NaN) ? reportPoints[f] : point;
}

// Whatever has no meaning here is left as the report has it; a link may be old or broken.
function fromHash(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const state = reportState();
  const points = (words.get("weights") ?? "").split(",").map(pointOf);
  const usable = points.every((point) => point >= 0 && point <= 1e6) && points.some((point) => point > 0);
  if (live && points.length === data.factors.length && usable) state.points = points;
  const top = words.get("top") === "all" ? count : Number(words.get("top"));
  if (Number.isInteger(top) && top > 0) state.top = Math.min(top, count);
  const [by, way] = (words.get("sort") ?? "").split(",");
  if (COLUMNS.some((column) => column.id === by) && DIRECTIONS.includes(way)) state.sort = { by, way };
  state.query = words.get("find") ?? "";
  state.market = placeOf(words.get("market"));
  if (state.pair) state.pair = pairOf(placeOf(words.get("first")), placeOf(words.get("second")), state.pair);
  return state;
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
