// What would put one market ahead of another: the least change of the factors' weights, and of one
// indicator. As `overtake` in explanation/other_weights.py, for scores that are sums.

// The least shift of weight: all of it goes to the factor in which the market leads most, first from
// the one in which the rival leads most. Null where no weights do it.
function leastShift(view, market, rival) {
  const leads = data.factors.map((_, f) => termOf(view, f, market) - termOf(view, f, rival));
  const open = leads.map((_, f) => f).filter((f) => !groups[0].idle[f]);
  const best = open.reduce((most, f) => (leads[f] > leads[most] ? f : most), open[0]);
  if (!(leads[best] > 0)) return null;
  let gap = view.weights.reduce((sum, weight, f) => sum - weight * leads[f], 0);
  const taken = [];
  for (const f of open.filter((each) => each !== best).sort((a, b) => leads[a] - leads[b])) {
    if (gap <= 0) break;
    const part = Math.min(view.weights[f], gap / (leads[best] - leads[f]));
    if (part > 0) taken.push({ f, part });
    gap -= part * (leads[best] - leads[f]);
  }
  return { best, taken, share: taken.reduce((sum, { part }) => sum + part, 0) };
}

// The indicator whose score on the scale has to rise least; null where none can rise so far.
function leastRise(view, market, rival) {
  if (termColumns !== null) return null;
  const gap = view.scores[rival] - view.scores[market];
  const rises = factorNodes.flatMap((node, f) => {
    const inner = [node, ...nodesUnder(node)].map((each) => engine.groupOf.get(each)).filter((g) => g !== undefined);
    if (inner.some((g) => groups[g].power !== 1)) return [];
    return [...weightsWithin(node, view.splits, market)].map(([leaf, weight]) => {
      const rise = gap / (view.weights[f] * weight);
      return { leaf, from: model.columns[leaf][market], rise };
    });
  });
  const able = rises.filter(({ from, rise }) => from + rise <= data.range[1] + LEVEL_SHARE);
  return able.length ? able.reduce((least, each) => (each.rise < least.rise ? each : least)) : null;
}

function nodesUnder(node) {
  const g = engine.groupOf.get(node);
  return g === undefined ? [] : groups[g].children.flatMap((child) => [child, ...nodesUnder(child)]);
}

// "more than 2.5%"; what is under the least that is written is "less than 0.1%".
function moreThan(text) {
  return text.startsWith("<") ? `less than ${text.slice(1)}` : `more than ${text}`;
}

function overtakeWords(view, one, other) {
  if (model.formula.kind !== "linear" || !view.ranks[one] || !view.ranks[other] || view.ranks[one] === view.ranks[other]) return [];
  const [market, rival] = view.ranks[one] > view.ranks[other] ? [one, other] : [other, one];
  const shift = leastShift(view, market, rival);
  const name = isolated(markets.name[market]);
  const words = shift === null
    ? ["No weights of the factors put ", name, " ahead: it is better in none of them."]
    : [name, ` would be ahead if ${moreThan(weightText(shift.share))} of all weight went from ${list(shift.taken.map(({ f }) => data.factors[f].name))} to ${data.factors[shift.best].name}`];
  if (shift === null) return words;
  const rise = leastRise(view, market, rival);
  if (rise === null) return [...words, "."];
  const indicator = data.indicators[rise.leaf];
  return [...words, `; or if ${indicator.name} alone, now at ${scaledText(rise.from)} on its scale, rose by more than ${scaledText(rise.rise)}${goalText(indicator, rise.from + rise.rise)}.`];
}

// The value that has a score, in the indicator's own unit; nothing where its scale is no line.
function goalText(indicator, score) {
  if (indicator.scale === null) return "";
  const share = (score - data.range[0]) / (data.range[1] - data.range[0]);
  const up = indicator.direction === "cost" ? 1 - share : share;
  const [low, high] = indicator.scale.map((end) => (indicator.log ? Math.log(end) : end));
  const value = low + up * (high - low);
  const side = indicator.direction === "cost" ? "less" : "more";
  return `, to ${side} than ${measuredText(indicator.log ? Math.exp(value) : value, indicator.unit)}`;
}
