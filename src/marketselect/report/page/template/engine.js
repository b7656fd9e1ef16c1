// Everything that computes, with the numbers that Python gives. It knows nothing of the page, so
// that a worker runs it, too: all that it needs is inside, and stands in the model that it is given.
//
// The model: count of markets; groups of siblings, the top factors first, each { node, children,
// weights, power, idle }; columns of the indicators' normalized values, by node; scores, a column
// for each top factor, and unit, what a weight of one is worth there; formula; decimals; levels.

function engineOf(model) {
  const TIE = 1e-12; // a share of the largest score, as in marketselect/ranks.py
  const SAME = 1e-9; // shares nearer than this are the same weights, but for rounding
  const [LOW, HIGH] = [0.05, 0.95];
  const LEADERS = 10; // markets, of which every pair is looked at
  const { count, groups, formula } = model;
  const everyMarket = Array.from({ length: count }, (_, market) => market);
  const groupOf = new Map(groups.map((group, g) => [group.node, g]));
  const total = new Float64Array(count); // of the weights of what each market has
  const top = groups[0].children;
  const inside = top.map((node) => groupsUnder(node));
  const spread = formula.below !== null && model.levels === "all"; // draws vary the lower levels, too

  function groupsUnder(node) {
    const g = groupOf.get(node);
    return g === undefined ? [] : [g, ...groups[g].children.flatMap(groupsUnder)];
  }

  // Weights that add up to one; null where all are zero.
  function shares(points) {
    const largest = Math.max(...points);
    if (!(largest > 0)) return null;
    const scaled = points.map((point) => point / largest);
    const total = scaled.reduce((sum, part) => sum + part, 0);
    return scaled.map((part) => part / total);
  }

  function isStated(split, g) {
    return split.every((share, n) => Math.abs(share - groups[g].weights[n]) <= SAME);
  }

  // The column of any factor or indicator at weights of each group; NaN where nothing is known. Into
  // `kept`, by node, columns are written that a draw makes anew.
  function columnAt(node, splits, kept = []) {
    const g = groupOf.get(node);
    if (g === undefined) return model.columns[node];
    const columns = groups[g].children.map((child) => columnAt(child, splits, kept));
    const found = (kept[node] ??= new Float64Array(count)).fill(0);
    return mean(columns, splits[g], groups[g].power, found);
  }

  // As `mean` in scoring/aggregation.py: what a market lacks, its siblings carry.
  function mean(columns, split, power, found) {
    const least = power === 1 ? -Infinity : power > 0 ? 0 : Number.MIN_VALUE;
    total.fill(0);
    columns.forEach((column, n) => {
      const share = split[n];
      if (!(share > 0)) return;
      for (let market = 0; market < count; market++) {
        const value = column[market];
        if (Number.isNaN(value)) continue;
        found[market] += share * (power === 1 ? value : value < least ? NaN : power === 0 ? Math.log(value) : value ** power);
        total[market] += share;
      }
    });
    for (let market = 0; market < count; market++) {
      const sum = found[market] / total[market]; // not a number where nothing is known
      found[market] = power === 1 ? sum : power === 0 ? Math.exp(sum) : sum ** (1 / power);
    }
    return found;
  }

  // The columns of the top factors: Python's own where nothing under them has another weight.
  function factorsAt(splits) {
    return top.map((node, f) =>
      inside[f].every((g) => isStated(splits[g], g)) ? model.scores[f] : columnAt(node, splits),
    );
  }

  // Scores, not a number where a market has nothing of a factor; null where markets do not differ.
  function scoresAt(weights, factors) {
    const scores = formula.kind === "linear" ? weightedSums(weights, factors) : closeness(weights, factors);
    if (!scores.some(Number.isFinite)) return null;
    return model.decimals === null ? scores : scores.map(rounded);
  }

  function weightedSums(weights, factors) {
    const scores = new Float64Array(count);
    factors.forEach((column, f) => {
      const terms = formula.terms?.[f] ?? column;
      for (let market = 0; market < count; market++) scores[market] += weights[f] * terms[market];
    });
    return scores;
  }

  // TOPSIS: the distance to the worst point as a share of the distances to both.
  function closeness(weights, factors) {
    const reach = weights.map((weight, f) => weight * formula.span[f]);
    const unit = Math.max(...reach);
    const scaled = reach.map((size) => size / unit);
    const gaps = factors.map((column, f) => {
      if (column === model.scores[f]) return [formula.to_ideal[f], formula.from_worst[f]];
      const from = (end) => column.map((value) => Math.abs(value - end) / formula.span[f]);
      return [from(formula.below.ideal[f]), from(formula.below.worst[f])];
    });
    const distance = {
      euclidean: (end, market) => Math.sqrt(gaps.reduce((sum, gap, f) => sum + (scaled[f] * gap[end][market]) ** 2, 0)),
      manhattan: (end, market) => gaps.reduce((sum, gap, f) => sum + scaled[f] * gap[end][market], 0),
      chebyshev: (end, market) => gaps.reduce((most, gap, f) => Math.max(most, scaled[f] * gap[end][market]), 0),
    }[formula.metric];
    return Float64Array.from(everyMarket, (market) => {
      const [plus, minus] = [distance(0, market), distance(1, market)];
      return minus / (plus + minus);
    });
  }

  // As NumPy rounds: halves go to the even neighbor.
  function rounded(score) {
    const scale = 10 ** model.decimals;
    const moved = score * scale;
    const below = Math.floor(moved);
    const half = moved - below === 0.5;
    return (half ? below + (below % 2 === 0 ? 0 : 1) : Math.round(moved)) / scale;
  }

  // 1 is best; ties share the better rank: 1, 1, 3. Markets that tie keep the report's order; one
  // without a score has rank 0 and no place in the order.
  function ranked(scores, start = everyMarket) {
    const known = start.filter((market) => Number.isFinite(scores[market]));
    const order = known.sort((a, b) => scores[b] - scores[a] || a - b);
    const limit = TIE * order.reduce((most, market) => Math.max(most, Math.abs(scores[market])), 0);
    const ranks = new Int32Array(count);
    let first = 0;
    order.forEach((market, place) => {
      if (scores[order[first]] - scores[market] > limit) first = place;
      ranks[market] = first + 1;
    });
    return { ranks, order };
  }

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

  // Weights of a group as `drawn_weights` in sampling.py draws them: near the given ones, in their
  // order - equal ones in any -, or any at all. What takes no part has none.
  function drawnSplit(split, idle, kind, random) {
    const size = () => -Math.log(1 - random());
    if (kind === "near") return shares(split.map((share) => share * (1 + model.tolerance * (2 * random() - 1)))) ?? split;
    if (kind === "any") return shares(split.map((_, n) => (idle[n] ? 0 : size()))) ?? split;
    const taking = split.map((_, n) => n).filter((n) => split[n] > 0);
    const shuffled = new Map(taking.map((n) => [n, random()]));
    const apart = (a, b) => Math.abs(split[a] - split[b]) > TIE * Math.max(split[a], split[b]);
    taking.sort((a, b) => (apart(a, b) ? split[b] - split[a] : shuffled.get(a) - shuffled.get(b)));
    const sizes = taking.map(size).sort((a, b) => b - a);
    const drawn = split.map(() => 0);
    taking.forEach((n, place) => (drawn[n] = sizes[place]));
    return shares(drawn) ?? split;
  }

  // Ranks over draws of weights around the given ones, and who is ahead among the first ten.
  function drawn({ splits, kind, draws, tops }) {
    const random = uniform(1);
    const stated = factorsAt(splits);
    const own = ranked(scoresAt(splits[0], stated));
    const ranks = everyMarket.map(() => new Int32Array(draws));
    const scores = everyMarket.map(() => new Float64Array(draws));
    const within = tops.map(() => new Float64Array(count));
    const leaders = own.order.slice(0, LEADERS);
    const ahead = leaders.map(() => leaders.map(() => 0));
    const kept = [];
    let { order } = own;
    for (let draw = 0; draw < draws; draw++) {
      const again = groups.map((group, g) => (g === 0 || spread ? drawnSplit(splits[g], group.idle, kind, random) : splits[g]));
      const columns = spread ? top.map((node) => columnAt(node, again, kept)) : stated;
      const found = scoresAt(again[0], columns) ?? scoresAt(splits[0], stated);
      const next = ranked(found, order.length === own.order.length ? order : everyMarket);
      order = next.order;
      const last = order.length + 1; // of those who have no score in this draw
      const sizes = new Int32Array(count + 2); // of the group that a market ties with
      for (const market of order) sizes[next.ranks[market]] += 1;
      for (let market = 0; market < count; market++) {
        const rank = next.ranks[market] || last;
        ranks[market][draw] = rank;
        scores[market][draw] = found[market];
        // Tied markets split the places that their group holds.
        for (let n = 0; n < tops.length; n++) {
          if (rank <= tops[n]) within[n][market] += Math.min(1, (tops[n] - rank + 1) / (sizes[rank] || 1)) / draws;
        }
      }
      leaders.forEach((one, a) => leaders.forEach((other, b) => {
        const lead = (next.ranks[other] || last) - (next.ranks[one] || last);
        ahead[a][b] += (lead > 0 ? 1 : lead < 0 ? 0 : 0.5) / draws;
      }));
    }
    const at = (share) => Math.ceil(share * draws * (1 - TIE)) - 1;
    const ends = (taken) => taken.map((values) => [values.sort()[at(LOW)], values[at(HIGH)]]);
    const between = ends(ranks);
    const reach = ends(scores);
    const rankOf = (market) => own.ranks[market] || null;
    return {
      draws, kind, leaders, ahead, tops, within,
      low: between.map(([low], market) => rankOf(market) && Math.min(low, rankOf(market))),
      high: between.map(([, high], market) => rankOf(market) && Math.max(high, rankOf(market))),
      reach,
    };
  }

  return { shares, isStated, columnAt, factorsAt, scoresAt, ranked, drawn, groupOf };
}
