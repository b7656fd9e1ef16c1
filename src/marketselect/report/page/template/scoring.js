// The ranking at a reader's weights: the engine with this report's data, and what is asked of it.

const model = modelOf(data.model);
const engine = engineOf(model);
const { groups } = model;
const factorNodes = groups[0].children;
const live = model.formula.kind !== "fixed";
const deep = live && model.formula.below !== null; // weights under the factors can be moved, too

// The model with its columns as numbers again.
function modelOf(packed) {
  const { formula } = packed;
  const unpacked = Object.fromEntries(
    ["terms", "to_ideal", "from_worst"].filter((key) => formula[key]).map((key) => [key, columnsOf(formula[key])]),
  );
  return {
    ...packed, count, formula: { ...formula, ...unpacked }, tolerance: data.redraw?.tolerance ?? 0,
    columns: columnsOf(packed.columns), scores: columnsOf(packed.scores),
  };
}

// Weights: of each group the points of its sliders, and the share at which one is locked. Sliders
// show points from 0 to 100; the largest weight of the report stands in the middle.
const reportWeights = groups.map(({ weights }) => {
  const largest = Math.max(...weights);
  return { points: weights.map((weight) => (largest > 0 ? 50 * (weight / largest) : 0)), locks: weights.map(() => null) };
});

// The shares of a group: what is locked keeps its own, the others have the rest in the ratio of
// their points; null where nothing has a weight.
function splitOf({ points, locks }) {
  if (locks.every((lock) => lock === null)) return engine.shares(points);
  const rest = locks.reduce((left, lock) => left - (lock ?? 0), 1);
  const free = points.map((point, n) => (locks[n] === null ? point : 0));
  const parts = engine.shares(free);
  if (parts === null && rest > LEVEL_SHARE) return null;
  return locks.map((lock, n) => lock ?? Math.max(0, rest) * (parts?.[n] ?? 0));
}

function isReports(weights) {
  return weights.every((group, g) => {
    const split = splitOf(group);
    return split !== null && engine.isStated(split, g);
  });
}

// The ranking at some weights: that of the report as Python made it, any other computed here.
function rankingAt(weights) {
  const splits = weights.map(splitOf);
  const none = splits.indexOf(null);
  if (none >= 0) return { fault: none === 0 ? "Give at least one factor some weight." : `Give something in ${nodeName(groups[none].node)} some weight.` };
  const base = { splits, weights: splits[0] };
  if (isReports(weights)) {
    return { ...base, factors: model.scores, scores: markets.score, ranks: markets.rank, order: everyMarket, own: true };
  }
  const factors = engine.factorsAt(splits);
  const scores = engine.scoresAt(splits[0], factors);
  if (scores === null) return { fault: "At these weights the markets do not differ; nothing can be ranked." };
  return { ...base, factors, scores, ...engine.ranked(scores), own: false };
}

function nodeName(node) {
  return data.nodes[node];
}

const idleIndicators = new Set(groups.flatMap(({ children, idle }) => children.filter((_, n) => idle[n])));

// What each indicator under a node weighs in it: all of them where no market is given, else those
// that the market has, which carry the weight of the others.
function weightsWithin(node, splits, market = null) {
  const g = engine.groupOf.get(node);
  if (g === undefined) {
    const there = market === null || !Number.isNaN(model.columns[node][market]);
    return there ? new Map([[node, 1]]) : new Map();
  }
  const parts = groups[g].children.map((child) => weightsWithin(child, splits, market));
  const counted = parts.map((part, n) => (part.size ? splits[g][n] : 0));
  const total = counted.reduce((sum, share) => sum + share, 0);
  const found = new Map();
  parts.forEach((part, n) => {
    if (counted[n] > 0) for (const [leaf, weight] of part) found.set(leaf, (weight * counted[n]) / total);
  });
  return found;
}

// Which share of the weight of each factor is observed in a market.
function observedShares(view, market) {
  return factorNodes.map((node, f) => {
    const inside = (view.inside ??= [])[f] ??= [...weightsWithin(node, view.splits)];
    const lacking = inside.reduce((sum, [leaf, weight]) => {
      return sum + (markets.values[market][leaf] === null && !idleIndicators.has(leaf) ? weight : 0);
    }, 0);
    return 1 - lacking;
  });
}

function coverageAt(view, market) {
  return observedShares(view, market).reduce((sum, share, f) => sum + view.weights[f] * share, 0);
}
