// Scores and ranks at any weights, with the numbers that Python gives.

const TIE = 1e-12; // a share of the largest score, as in marketselect/ranks.py
const formula = data.formula;
const live = formula.kind !== "fixed";

// Weights that add up to one; null where all are zero.
function shares(points) {
  const largest = Math.max(...points);
  if (!(largest > 0)) return null;
  const scaled = points.map((point) => point / largest);
  const total = scaled.reduce((sum, part) => sum + part, 0);
  return scaled.map((part) => part / total);
}

// One score for each market; null where the markets do not differ in what has a weight.
function scoresAt(weights) {
  const scores = formula.kind === "linear" ? weightedSums(weights) : closeness(weights);
  return scores.every(Number.isFinite) ? scores.map(rounded) : null;
}

function weightedSums(weights) {
  return formula.terms.map((terms) => terms.reduce((sum, term, f) => sum + weights[f] * term, 0));
}

// TOPSIS: the distance to the worst point as a share of the distances to both.
function closeness(weights) {
  const reach = weights.map((weight, f) => weight * formula.span[f]);
  const unit = Math.max(...reach);
  const scaled = reach.map((size) => size / unit);
  const distance = METRICS[formula.metric];
  return formula.to_ideal.map((gaps, market) => {
    const plus = distance(scaled, gaps);
    const minus = distance(scaled, formula.from_worst[market]);
    return minus / (plus + minus);
  });
}

const METRICS = {
  euclidean: (reach, gaps) => Math.sqrt(gaps.reduce((sum, gap, f) => sum + (reach[f] * gap) ** 2, 0)),
  manhattan: (reach, gaps) => gaps.reduce((sum, gap, f) => sum + reach[f] * gap, 0),
  chebyshev: (reach, gaps) => Math.max(...gaps.map((gap, f) => reach[f] * gap)),
};

// As NumPy rounds: halves go to the even neighbor.
function rounded(score) {
  if (data.decimals === null) return score;
  const scale = 10 ** data.decimals;
  const moved = score * scale;
  const below = Math.floor(moved);
  const half = moved - below === 0.5;
  return (half ? below + (below % 2 === 0 ? 0 : 1) : Math.round(moved)) / scale;
}

// 1 is best; ties share the better rank: 1, 1, 3. Markets that tie keep the report's order.
function ranked(scores, start = everyMarket) {
  const order = start.slice().sort((a, b) => scores[b] - scores[a] || a - b);
  const limit = TIE * Math.max(...scores.map(Math.abs));
  const ranks = new Array(order.length);
  let first = 0;
  order.forEach((market, place) => {
    if (scores[order[first]] - scores[market] > limit) first = place;
    ranks[market] = first + 1;
  });
  return { ranks, order };
}

// The ranking at some points: that of the report as Python made it, any other computed here.
function rankingAt(points) {
  const weights = shares(points);
  if (weights === null) return { fault: "Give at least one factor some weight." };
  if (isReports(points)) {
    return { weights: reportWeights, scores: markets.score, ranks: markets.rank, order: everyMarket, own: true };
  }
  const scores = scoresAt(weights);
  if (scores === null) return { fault: "At these weights the markets do not differ; nothing can be ranked." };
  return { weights, scores, ...ranked(scores), own: false };
}

// Sliders show points from 0 to 100; the largest weight of the report stands in the middle.
const reportWeights = data.factors.map((factor) => factor.weight);
const reportPoints = reportWeights.map((weight) => 50 * (weight / Math.max(...reportWeights)));
const SAME = 1e-9; // shares nearer than this are the same weights, but for rounding

function isReports(points) {
  const [asked, made] = [shares(points), shares(reportPoints)];
  return asked !== null && asked.every((share, f) => Math.abs(share - made[f]) <= SAME);
}

function coverageAt(weights, market) {
  return markets.coverage[market].reduce((sum, share, f) => sum + weights[f] * share, 0);
}
