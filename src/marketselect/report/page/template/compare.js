// Two markets side by side.

function buildCompare() {
  byId("compare").hidden = byId("to-compare").hidden = count < 2;
  if (count < 2) return;
  const byName = everyMarket.toSorted((a, b) => collator.compare(markets.name[a], markets.name[b]));
  ["first", "second"].forEach((id, n) => {
    const options = byName.map((market) => make("option", { value: market }, markets.name[market]));
    fill(byId(id), ...options);
    byId(id).addEventListener("change", () => {
      const chosen = Number(byId(id).value);
      const other = state.pair[1 - n];
      change({ pair: chosen === other ? state.pair.toReversed() : n ? [other, chosen] : [chosen, other] });
    });
  });
  byId("swap").addEventListener("click", () => change({ pair: state.pair.toReversed() }));
}

function renderCompare(view) {
  if (!view.state.pair) return;
  const [one, other] = view.state.pair;
  byId("first").value = one;
  byId("second").value = other;
  fill(
    byId("pair"),
    make("p", { class: "verdict" }, ...verdict(view, one, other)),
    make("div", { class: "wide" }, factorPair(view, one, other)),
    make("p", { class: "overtake" }, ...overtakeWords(view, one, other)),
    make("details", { class: "more", id: "pair-values", open: byId("pair-values")?.open ?? false }, make("summary", {}, "All indicators"), make("div", { class: "wide" }, indicatorPair(one, other))),
  );
}

function verdict(view, one, other) {
  const unranked = [one, other].find((market) => !view.ranks[market]);
  if (unranked !== undefined) return [isolated(markets.name[unranked]), " has no rank at these weights."];
  const gap = view.scores[one] - view.scores[other];
  const better = gap >= 0 ? one : other;
  const worse = better === one ? other : one;
  if (view.ranks[one] === view.ranks[other]) {
    return [isolated(markets.name[one]), " and ", isolated(markets.name[other]), ` share rank ${view.ranks[one]}.`];
  }
  return [
    isolated(markets.name[better]), ` (rank ${view.ranks[better]}) scores ${scoreText(Math.abs(gap))} more than `,
    isolated(markets.name[worse]), ` (rank ${view.ranks[worse]}).`,
  ];
}

function pairHeads(one, other, last) {
  const heads = ["", markets.name[one], markets.name[other], ...last];
  return make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, isolated(text)))));
}

// Where the score is a sum, each factor's part of the gap; else how far the factor scores differ.
function factorPair(view, one, other) {
  const linear = model.formula.kind === "linear";
  const leads = data.factors.map((_, f) =>
    linear
      ? view.weights[f] * (termOf(view, f, one) - termOf(view, f, other))
      : view.factors[f][one] - view.factors[f][other],
  );
  const most = Math.max(...leads.map(Math.abs), Number.MIN_VALUE);
  const gap = view.scores[one] - view.scores[other];
  const places = columnPlaces([...leads, gap], linear ? SCORE_PLACES : FACTOR_PLACES);
  const text = (value) => gapText(value, places);
  const rows_ = data.factors.map((factor, f) =>
    make(
      "tr", {},
      make("th", { scope: "row" }, isolated(factor.name)),
      make("td", { class: "number" }, scaledText(known(view.factors[f][one]))),
      make("td", { class: "number" }, scaledText(known(view.factors[f][other]))),
      make("td", {}, leadBar(leads[f] / most)),
      make("td", { class: "number" }, text(leads[f])),
    ),
  );
  const score = make(
    "tr", { class: "total" },
    make("th", { scope: "row" }, "Score"),
    make("td", { class: "number" }, scoreText(known(view.scores[one]))),
    make("td", { class: "number" }, scoreText(known(view.scores[other]))),
    make("td", {}),
    make("td", { class: "number" }, text(gap)),
  );
  const last = ["", linear ? "Part of the gap" : "Lead"];
  return make("table", { class: "pair" }, pairHeads(one, other, last), make("tbody", {}, ...rows_, score));
}

function leadBar(share) {
  const bar = make("span", { class: "lead-bar", "aria-hidden": "true" }, make("i", { class: share < 0 ? "behind" : "ahead" }));
  bar.children[0].style.width = `${50 * Math.abs(share)}%`;
  return bar;
}

function indicatorPair(one, other) {
  const rows_ = data.factors.flatMap((factor, f) => [
    make("tr", { class: "group" }, make("th", { colspan: 4, scope: "rowgroup" }, isolated(factor.name))),
    ...data.indicators.flatMap((indicator, i) => (indicator.factor === f ? [indicatorPairRow(indicator, i, one, other)] : [])),
  ]);
  return make("table", { class: "pair values" }, pairHeads(one, other, ["Unit"]), make("tbody", {}, ...rows_));
}

function indicatorPairRow(indicator, i, one, other) {
  const lead = model.columns[i][one] - model.columns[i][other];
  const cell = (market, ahead) => {
    const year = markets.years[market][i];
    const text = valueText(markets.values[market][i], 0, indicator.unit) + (year === null ? "" : ` (${year})`);
    return make("td", { class: "number" }, ahead ? make("b", {}, text, make("span", { class: "sr" }, ", better")) : text);
  };
  return make(
    "tr", {},
    make("th", { scope: "row" }, isolated(indicator.name), isolated(indicator.unit, { class: "below" })),
    cell(one, lead > 0), cell(other, lead < 0),
    make("td", { class: "soft" }, isolated(indicator.unit)),
  );
}
