// How the ranking was made, whose data it rests on, and who was left out.

function section(title, ...children) {
  return make("section", {}, make("h3", {}, title), ...children);
}

const FIGURES = /^[-+<>]?[\d.,]*%?$|^\u2013$/; // a column of these, or of gaps, is set to the right

function tableOf(heads, lines, style = "") {
  const classes = heads.map((_, n) => (n > 0 && lines.every((cells) => FIGURES.test(cells[n])) ? "number" : ""));
  const head = make("tr", {}, ...heads.map((text, n) => make("th", { scope: "col", class: classes[n] }, text)));
  const body = lines.map((cells) => make("tr", {}, ...cells.map((content, n) => cellOf(content, n, classes[n]))));
  const table = make("table", { class: `plain ${style}` }, make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "wide" }, table);
}

function cellOf(content, n, style) {
  const inside = typeof content === "string" ? isolated(content) : content;
  return n === 0 ? make("th", { scope: "row" }, inside) : make("td", { class: style }, inside);
}

function buildNotes() {
  const facts = data.notes.map(([term, lines]) => make("div", {}, make("dt", {}, term), make("dd", {}, ...lines.map((line) => isolated(line, { class: "line" })))));
  fill(
    byId("notes"),
    influence(),
    section("How it was made", make("dl", { class: "notes" }, ...facts)),
    section("Sources and licenses", sourceTable()),
    make("details", { class: "more" }, make("summary", {}, `All ${plural(data.indicators.length, "indicator")}, and why they are in`), indicatorNotes()),
  );
}

function influence() {
  const effective = data.factors[0].effective !== null;
  const known = effective || data.factors[0].main_effect !== null;
  const head = effective ? "Share of the score\u2019s variance" : "Squared correlation with the score";
  const lines = data.factors.map((factor) => {
    const share = weightText(effective ? factor.effective : factor.main_effect);
    const say = data.equal_say ? [factor.equal_say === null ? "" : weightText(factor.equal_say)] : [];
    return [factor.name, weightText(factor.weight), ...(known ? [share] : []), ...say];
  });
  const text = "A weight is not an influence: a factor in which the markets differ more moves the ranking more. This is for the report\u2019s weights.";
  const table = tableOf(["Factor", "Weight", ...(known ? [head] : []), ...(data.equal_say ? ["Weight for an equal say"] : [])], lines, "narrow");
  const say = data.equal_say ? [make("p", { class: "hint" }, isolated(data.equal_say))] : [];
  return section("Weights and influence", make("p", { class: "hint" }, text), table, ...say);
}

function sourceTable() {
  const lines = data.sources.map(({ source, licence, link, indicators }) => [
    source || "not stated",
    link ? make("a", { href: link, rel: "noreferrer license", target: "_blank" }, licence) : licence || "not stated",
    indicators.length > 6 ? plural(indicators.length, "indicator") : list(indicators),
  ]);
  return tableOf(["Source", "License", "Indicators"], lines);
}

const DIRECTION = { benefit: "more is better", cost: "less is better" };

function indicatorNotes() {
  const lines = data.indicators.map((indicator) => {
    const { direction, target, goalposts, value_function: points, log } = indicator;
    const scale = goalposts ? `; scale from ${goalposts.map((end) => valueText(end)).join(" to ")}${log ? ", logarithmic" : ""}` : "";
    const scores = points?.map(([value, score]) => `${valueText(value)} scores ${score}`);
    const sense = scores?.join(", ") ?? DIRECTION[direction] ?? `best at ${valueText(target)}`;
    const notes = [indicator.rationale, indicator.note].filter(Boolean).map((text) => make("p", {}, isolated(text)));
    return [
      make("span", {}, isolated(indicator.name), isolated(indicator.code, { class: "code" })),
      make("span", {}, isolated(indicator.unit), `${indicator.unit ? "; " : ""}${sense}${scale}`),
      make("div", {}, ...notes),
    ];
  });
  return tableOf(["Indicator", "Measured as", "Why, and what to know"], lines, "long");
}

function buildExcluded() {
  byId("excluded").hidden = byId("to-excluded").hidden = data.excluded.length === 0;
  if (!data.excluded.length) return;
  const ranked = data.excluded.some(({ rank }) => rank !== null);
  const lines = data.excluded.map(({ label, name, reason, without, rank }) => [
    make("span", {}, isolated(name), label === name ? "" : isolated(label, { class: "code" })),
    lackOf(reason, without),
    ...(ranked ? [rank === null ? "" : `${rank}`] : []),
  ]);
  const words = ranked ? " Those that are scored have the rank that they would have in the report." : "";
  fill(
    byId("left-out"),
    make("p", { class: "hint" }, `${data.left_out}: without a rank, by name, and why.${words}`),
    make("details", { class: "more", open: lines.length <= 12 }, make("summary", {}, "Who, and why"), tableOf(["Market", "Why", ...(ranked ? ["Would be"] : [])], lines, "long")),
  );
}

// The list of what a market is without is long; it is folded away.
function lackOf(reason, without) {
  const lack = without ? make("details", {}, make("summary", {}, "What is missing"), isolated(without)) : null;
  return make("div", {}, isolated(reason), lack);
}
