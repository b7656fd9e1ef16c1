// A market's own page: what speaks for and against it, every value with its year and source.

const HAPPENED = data.words.cells; // what is said of a cell of each kind
const NAMED = 5; // strengths and weaknesses
const LEVEL = 1e-9; // a lead that is no more than rounding
let opened = null; // the market whose page is open
let opener = null; // what had the focus before
let openedIn = null; // the part of the page in which that was

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

// Each indicator beside the other markets' median: the lead is weighted as in the score.
function profile(view, market) {
  const inner = factorNodes.map((node) => weightsWithin(node, view.splits, market));
  return data.indicators.map((indicator, i) => {
    const score = known(model.columns[i][market]);
    const peers = typical(Array.from(model.columns[i], known), market);
    const inside = inner[indicator.factor].get(i) ?? 0;
    const lead = score === null || peers === null ? 0 : (score - peers) * view.weights[indicator.factor] * inside;
    const usual = typical(markets.values.map((row) => row[i]), market);
    return { indicator, i, score, lead, inside, usual, value: markets.values[market][i], year: markets.years[market][i] };
  });
}

function known(number) {
  return Number.isFinite(number) ? number : null;
}

function renderMarket(view) {
  const { market } = view.state;
  const dialog = byId("market");
  if (market === null) {
    if (dialog.open) dialog.close();
    if (opened !== null) giveFocusBack(opened);
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
    indicatorTable(view, facts, market),
    marketTools(view, market),
  );
  if (step !== undefined) focusStep(step);
  if (dialog.open && market !== opened) tellMarket(view, market);
  if (!dialog.open) {
    opener = document.activeElement === document.body ? null : document.activeElement;
    openedIn = opener?.closest("section[id]")?.id ?? null;
    dialog.showModal();
  }
  if (market !== opened) dialog.scrollTop = 0;
  opened = market;
  markWide();
}

// To the button that opened it; where that was drawn anew, to the one that stands in its place.
function giveFocusBack(market) {
  if (opener?.isConnected) opener.focus();
  else document.querySelector(`${openedIn ? `#${openedIn} ` : ""}[data-opens="${market}"]`)?.focus();
  opener = null;
}

// The buttons are made anew for each market: the focus stays on the one pressed, or goes to the other.
function focusStep(step) {
  const buttons = [...byId("market").querySelectorAll("[data-step]")].filter((button) => !button.disabled);
  const button = buttons.find((found) => found.dataset.step === step) ?? buttons[0];
  button?.focus({ preventScroll: true });
}

// Said inside of the dialog: while it is open, a screen reader hears nothing of the page behind it.
function tellMarket(view, market) {
  byId("market-status").textContent = `${markets.name[market]}, rank ${view.ranks[market] || MISSING} of ${view.order.length}.`;
}

function buildMarket() {
  byId("close").addEventListener("click", () => byId("market").close());
  byId("market").addEventListener("close", () => {
    if (state.market !== null) change({ market: null });
  });
}

function placeLine(view, market) {
  const rank = view.ranks[market];
  const parts = [["Rank", rank ? `${rank} of ${view.order.length}` : "none at these weights"], ["Score", scoreText(known(view.scores[market]))]];
  if (view.trust.low[market] !== null) {
    parts.push(["Rank interval", rangeText(view.trust.low[market], view.trust.high[market])]);
  }
  if (data.tiers && rank) parts.push(["Tier", tierOf(view.scores[market])]);
  parts.push(["Coverage", shareText(coverageAt(view, market))]);
  if (!view.own) parts.push(["In the report", `rank ${markets.rank[market]}`]);
  const items = parts.map(([term, text]) => make("div", {}, make("dt", {}, term), make("dd", {}, text)));
  return make("dl", { class: "place" }, ...items);
}

// A score at a limit is in the higher tier.
function tierOf(score) {
  const place = data.tiers.limits.findIndex((limit) => score >= limit);
  return data.tiers.names.at(place);
}

// By how much the next better and the next worse market are apart from this one.
function neighbors(view, market) {
  const rank = view.ranks[market];
  if (!rank) return make("p", { class: "next" }, "At these weights nothing that counts is known of it in a factor, so it has no rank.");
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
    const score = known(view.factors[f][market]);
    const peers = typical(Array.from(view.factors[f], known), market);
    const track = make("span", { class: "track", "aria-hidden": "true" }, make("i", { class: "fill" }));
    track.children[0].style.width = `${100 * scaledShare(score ?? data.range[0])}%`;
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
  const hint = make("p", { class: "hint" }, "Typical, and the upright mark: the median of the other ranked markets.");
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
        `; typical: ${valueText(fact.usual, fact.value, fact.indicator.unit)}`,
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

// From the score to its parts to its values: the tree of factors, opened out.

function indicatorTable(view, facts, market) {
  const marked = new Map((markets.remarks[market] ?? []).map((remark) => [remark.indicator, HAPPENED[remark.what]]));
  const rows_ = factorNodes.flatMap((node, f) => treeRows(view, { node, depth: 0, share: view.weights[f], facts, marked, market }));
  const points = summed && !termColumns ? ["Points"] : [];
  const heads = ["Factor or indicator", "Weight", "Score", ...points, "Value", "Unit", "Year", "Source"];
  const numeric = new Set(["Weight", "Score", "Points", "Value", "Year"]);
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col", class: numeric.has(text) ? "number" : "" }, text)));
  const table = make("table", { class: "values tree" }, make("thead", {}, head), make("tbody", {}, ...rows_));
  const words = points.length ? "Weight: of the whole score; what is not observed passes its weight on to its siblings. Points: weight times score; they add up to the factor\u2019s, and the factors\u2019 to the score." : "Weight: of the whole; what is not observed passes its weight on to its siblings.";
  return make("section", {}, make("h3", {}, "From the score to its values"), make("div", { class: "wide" }, table), make("p", { class: "hint" }, words));
}

function treeRows(view, { node, depth, share, facts, marked, market }) {
  const g = engine.groupOf.get(node);
  const points = summed && !termColumns;
  if (g === undefined) {
    const { indicator, value, year, score } = facts[node];
    const mark = marked.get(indicator.code);
    const cells = [
      make("td", { class: "number" }, weightText(share)), make("td", { class: "number" }, scaledText(score)),
      ...(points ? [make("td", { class: "number" }, score === null ? MISSING : scoreText(share * score))] : []),
      make("td", { class: "number" }, valueText(value, 0, indicator.unit)), make("td", { class: "soft" }, isolated(indicator.unit)),
      make("td", { class: "number" }, year === null ? MISSING : `${year}`), make("td", { class: "soft" }, isolated(indicator.source)),
    ];
    return [treeRow(depth, "leaf", [isolated(indicator.name), mark ? make("span", { class: "flag" }, mark) : null], cells)];
  }
  const { children } = groups[g];
  const score = known(factorNodes.includes(node) ? view.factors[factorNodes.indexOf(node)][market] : engine.columnAt(node, view.splits)[market]);
  const there = children.map((child) => weightsWithin(child, view.splits, market).size > 0);
  const total = children.reduce((sum, _, n) => sum + (there[n] ? view.splits[g][n] : 0), 0);
  const cells = [
    make("td", { class: "number" }, weightText(share)), make("td", { class: "number" }, scaledText(score)),
    ...(points ? [make("td", { class: "number" }, score === null ? MISSING : scoreText(share * score))] : []),
    make("td", { colspan: 4 }),
  ];
  const below = children.flatMap((child, n) =>
    treeRows(view, { node: child, depth: depth + 1, share: there[n] && total > 0 ? (share * view.splits[g][n]) / total : 0, facts, marked, market }));
  return [treeRow(depth, "branch", [isolated(nodeName(node))], cells), ...below];
}

function treeRow(depth, style, names, cells) {
  const head = make("th", { scope: "row" }, ...names);
  head.style.paddingInlineStart = `${0.3 + depth}rem`;
  return make("tr", { class: `${style} depth${Math.min(depth, 2)}` }, head, ...cells);
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
