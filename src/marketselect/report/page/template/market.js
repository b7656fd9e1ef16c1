// A market's own page: what speaks for and against it, every value with its year and source.

const HAPPENED = data.words.cells; // what is said of a cell of each kind
const NAMED = 5; // strengths and weaknesses
const LEVEL = 1e-9; // a lead that is no more than rounding
let opened = null; // the market whose page is open

function median(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (!known.length) return null;
  const middle = known.length >> 1;
  return known.length % 2 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

// The median of all other ranked markets.
function typical(column, market) {
  return count > 1 ? median(column.filter((_, other) => other !== market)) : null;
}

function innerWeight(market, i) {
  return (markets.inner.own[market] ?? markets.inner.all)[i];
}

// Each indicator beside the other markets' median: the lead is weighted as in the score.
function profile(view, market) {
  return data.indicators.map((indicator, i) => {
    const score = markets.scaled[market][i];
    const peers = typical(markets.scaled.map((row) => row[i]), market);
    const weight = view.weights[indicator.factor] * innerWeight(market, i);
    const lead = score === null || peers === null ? 0 : (score - peers) * weight;
    const usual = typical(markets.values.map((row) => row[i]), market);
    return { indicator, score, lead, usual, value: markets.values[market][i], year: markets.years[market][i] };
  });
}

function renderMarket(view) {
  const { market } = view.state;
  const dialog = byId("market");
  if (market === null) {
    if (dialog.open) dialog.close();
    opened = null;
    byId("market-status").textContent = "";
    return;
  }
  const facts = profile(view, market);
  const step = dialog.contains(document.activeElement) ? document.activeElement.dataset.step : undefined;
  fill(byId("market-title"), isolated(markets.name[market]), codeOf(market));
  fill(
    byId("market-body"),
    placeLine(view, market),
    neighbors(view, market),
    factorProfile(view, market),
    leadLists(facts),
    remarkList(market),
    indicatorTable(facts, market),
    marketTools(view, market),
  );
  if (step !== undefined) focusStep(step);
  if (dialog.open && market !== opened) tellMarket(view, market);
  if (!dialog.open) dialog.showModal();
  if (market !== opened) dialog.scrollTop = 0;
  opened = market;
}

// The buttons are made anew for each market: the focus stays on the one pressed, or goes to the other.
function focusStep(step) {
  const buttons = [...byId("market").querySelectorAll("[data-step]")].filter((button) => !button.disabled);
  const button = buttons.find((found) => found.dataset.step === step) ?? buttons[0];
  button?.focus({ preventScroll: true });
}

// Said inside of the dialog: while it is open, a screen reader hears nothing of the page behind it.
function tellMarket(view, market) {
  byId("market-status").textContent = `${markets.name[market]}, rank ${view.ranks[market]} of ${count}.`;
}

function buildMarket() {
  byId("close").addEventListener("click", () => byId("market").close());
  byId("market").addEventListener("close", () => {
    if (state.market !== null) change({ market: null });
  });
}

function placeLine(view, market) {
  const rank = view.ranks[market];
  const parts = [["Rank", `${rank} of ${count}`], ["Score", scoreText(view.scores[market])]];
  if (view.trust.low[market] !== null) {
    parts.push(["Nine times of ten", `rank ${rangeText(view.trust.low[market], view.trust.high[market])}`]);
  }
  parts.push(["Observed", shareText(coverageAt(view.weights, market))]);
  if (!view.own) parts.push(["In the report", `rank ${markets.rank[market]}`]);
  const items = parts.map(([term, text]) => make("div", {}, make("dt", {}, term), make("dd", {}, text)));
  return make("dl", { class: "place" }, ...items);
}

// By how much the next better and the next worse market are apart from this one.
function neighbors(view, market) {
  const rank = view.ranks[market];
  const above = view.order.findLast((other) => view.ranks[other] < rank);
  const below = view.order.find((other) => view.ranks[other] > rank);
  const tied = view.order.filter((other) => other !== market && view.ranks[other] === rank);
  const gap = (other) => scoreText(Math.abs(view.scores[other] - view.scores[market]));
  const parts = [];
  if (tied.length) parts.push("It shares its rank with ", isolated(list(tied.slice(0, 5).map((m) => markets.name[m]))), ". ");
  if (above !== undefined) parts.push("Next above: ", isolated(markets.name[above]), `, ${gap(above)} more. `);
  if (below !== undefined) parts.push("Next below: ", isolated(markets.name[below]), `, ${gap(below)} less.`);
  return make("p", { class: "next" }, ...parts);
}

function factorProfile(view, market) {
  const bars = data.factors.map((factor, f) => {
    const score = markets.factors[market][f];
    const peers = typical(markets.factors.map((row) => row[f]), market);
    const track = make("span", { class: "track", "aria-hidden": "true" }, make("i", { class: "fill" }));
    track.children[0].style.width = `${100 * scaledShare(score)}%`;
    track.children[0].style.background = color(f);
    if (peers !== null) {
      const tick = make("i", { class: "tick" });
      tick.style.left = `${100 * scaledShare(peers)}%`;
      track.append(tick);
    }
    return make(
      "tr", {},
      make("th", { scope: "row" }, isolated(factor.name)),
      make("td", { class: "number" }, scaledText(score)),
      make("td", { class: "bar-cell" }, track),
      make("td", { class: "number soft" }, scaledText(peers)),
      make("td", { class: "number soft" }, weightText(view.weights[f])),
    );
  });
  const heads = ["Factor", "Score", "", "Typical", "Weight"].map((text) => make("th", { scope: "col" }, text));
  const table = make("table", { class: "profile" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...bars));
  const hint = make("p", { class: "hint" }, "Typical, and the black mark: the median of the other ranked markets.");
  return make("section", {}, make("h3", {}, "Factors"), make("div", { class: "wide" }, table), count > 1 ? hint : null);
}

function leadLists(facts) {
  const sorted = facts.toSorted((a, b) => b.lead - a.lead);
  const strong = sorted.filter((fact) => fact.lead > LEVEL).slice(0, NAMED);
  const weak = sorted.reverse().filter((fact) => fact.lead < -LEVEL).slice(0, NAMED);
  const column = (title, facts_, style) =>
    make("section", { class: style }, make("h3", {}, title), facts_.length ? leadList(facts_) : make("p", {}, "None."));
  return make("div", { class: "leads" }, column("Strengths", strong, "strong"), column("Weaknesses", weak, "weak"));
}

function leadList(facts) {
  const items = facts.map((fact) =>
    make(
      "li", {},
      isolated(fact.indicator.name, { class: "what" }),
      make(
        "span", { class: "how" },
        isolated(measuredText(fact.value, fact.indicator.unit, fact.year)),
        `; typical: ${valueText(fact.usual, fact.value)}`,
      ),
    ),
  );
  return make("ul", {}, ...items);
}

function remarkList(market) {
  const remarks = markets.remarks[market] ?? [];
  if (!remarks.length) return null;
  const items = remarks.map(({ what, name, old, new: changed, why }) => {
    const values = what === "noted" || changed === null ? "" : old === null
      ? `: ${valueText(changed)}` : `: ${valueText(old)} counts as ${valueText(changed)}`;
    return make("li", {}, make("b", {}, HAPPENED[what]), " ", isolated(name), `${values} \u2013 `, isolated(why));
  });
  const title = make("h3", {}, "About this market\u2019s data");
  return make("section", { class: "remarks" }, title, make("ul", {}, ...items));
}

function indicatorTable(facts, market) {
  const marked = new Map((markets.remarks[market] ?? []).map((remark) => [remark.indicator, HAPPENED[remark.what]]));
  const rows_ = data.factors.flatMap((factor, f) => [
    make("tr", { class: "group" }, make("th", { colspan: 6, scope: "rowgroup" }, isolated(factor.name))),
    ...facts.filter((fact) => fact.indicator.factor === f).map((fact) => indicatorRow(fact, marked)),
  ]);
  const heads = ["Indicator", "Value", "Unit", "Year", "Score", "Source"];
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const table = make("table", { class: "values" }, make("thead", {}, head), make("tbody", {}, ...rows_));
  return make("section", {}, make("h3", {}, "All values"), make("div", { class: "wide" }, table));
}

function indicatorRow({ indicator, value, year, score }, marked) {
  const mark = marked.get(indicator.code);
  return make(
    "tr", {},
    make("th", { scope: "row" }, isolated(indicator.name), mark ? make("span", { class: "flag" }, mark) : null),
    make("td", { class: "number" }, valueText(value)),
    make("td", { class: "soft" }, isolated(indicator.unit)),
    make("td", { class: "number" }, year === null ? MISSING : `${year}`),
    make("td", { class: "number" }, scaledText(score)),
    make("td", { class: "soft" }, isolated(indicator.source)),
  );
}

function marketTools(view, market) {
  const place = view.order.indexOf(market);
  const step = (to, way, text) =>
    make("button", { type: "button", "data-step": way, disabled: to === undefined, onclick: () => change({ market: to }) }, text);
  const beside = () => {
    const other = view.order.find((found) => found !== market);
    change({ market: null, pair: [market, state.pair.includes(market) ? state.pair.find((m) => m !== market) : other] });
    jump("compare");
  };
  return make(
    "div", { class: "row tools" },
    step(view.order[place - 1], "better", "\u2190 Better rank"),
    step(view.order[place + 1], "worse", "Worse rank \u2192"),
    count > 1 ? make("button", { type: "button", onclick: beside }, "Side by side with another") : null,
  );
}
