// Whom Python ranks at other weights. The page ranks the markets of the report at all of them; Python
// asks anew of whom enough is known, as scoring/coverage.py does.

const anew = new WeakMap(); // of weights, whom Python ranks beside those of the page, or no longer

// Whether enough is known of a market at some weights, asked by what it lacks.
function enoughAt(splits) {
  const { coverage } = data;
  const inside = factorNodes.map((node) => [...weightsWithin(node, splits)]);
  const counted = inside.flatMap((leaves, f) => leaves.filter(([, weight]) => splits[0][f] * weight > 0).map(([leaf]) => leaf));
  return (lacks) => {
    const thin = inside.some((leaves, f) => {
      const share = 1 - leaves.reduce((sum, [leaf, weight]) => sum + (lacks(leaf) ? weight : 0), 0);
      const short = share < coverage.least - LEVEL_SHARE || (coverage.reweighs && share <= LEVEL_SHARE);
      return short && !coverage.fills[f];
    });
    const rare = coverage.available > 0 && counted.filter((leaf) => !lacks(leaf)).length < (coverage.available - LEVEL_SHARE) * counted.length;
    return !thin && !rare;
  };
}

function lackedBy(market) {
  return (leaf) => markets.values[market][leaf] === null && !idleIndicators.has(leaf);
}

function anewRanked(splits) {
  const isEnough = enoughAt(splits);
  const more = data.coverage.left.filter(({ lacks }) => isEnough((leaf) => lacks.includes(leaf)));
  const fewer = everyMarket.filter((market) => !isEnough(lackedBy(market)));
  return { more: more.map(({ place }) => data.excluded[place].name), fewer: fewer.map((market) => markets.name[market]) };
}

// What is said beside Export of each weighting that Python would rank other markets by.
function anewWords(columns) {
  const own = columns.filter(({ setting }) => setting !== reportWeights);
  const told = own.flatMap(({ name, kept, setting, splits }) => {
    if (!anew.has(setting)) anew.set(setting, anewRanked(splits));
    const { more, fewer } = anew.get(setting);
    const parts = [
      ...(more.length ? [`also ranks ${someOf(more)}, of which enough is known then`] : []),
      ...(fewer.length ? [`leaves out ${someOf(fewer)}, of which too little is known then`] : []),
    ];
    const where = kept ? `At \u201c${name}\u201d` : "At these weights";
    return parts.length ? [`${where} Python ${parts.join(", and ")}.`] : [];
  });
  if (!own.length) return "";
  const same = "Python ranks the same markets at these weights.";
  const limits = data.coverage.limits ? " Limits on the scores of factors are held against the new ones there." : "";
  return `${told.length ? `The page ranks those of the report at all weights. ${told.join(" ")}` : same}${limits}`;
}
