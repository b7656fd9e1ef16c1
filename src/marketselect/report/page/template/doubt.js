// Everything that the report may be doubted for, side by side: what Python found by `doubt`.

const SIDE_BY_SIDE = 200; // rows of the table

function buildDoubt() {
  byId("doubt").hidden = data.doubt === null;
}

function renderDoubt(view) {
  if (data.doubt === null) return;
  const { kinds, low, high, widest, skipped, statements, order } = data.doubt;
  const shown = listed.filter((market) => low[market] !== null).slice(0, SIDE_BY_SIDE);
  const last = shown.reduce((most, market) => Math.max(most, high[market]), 1);
  const heads = ["Rank", "Market", ...kinds.map(({ title }) => title), "all of it"];
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const body = shown.map((market) =>
    make(
      "tr", {},
      make("td", { class: "number" }, `${markets.rank[market]}`),
      make("th", { scope: "row" }, marketButton(market)),
      ...kinds.map((kind, n) => doubtCell(kind.low[market], markets.rank[market], kind.high[market], last, widest[market] === n)),
      doubtCell(low[market], markets.rank[market], high[market], last, false),
    ),
  );
  const told = kinds.map(({ title, words }) => [title, words]);
  const left = skipped.map(([title, why]) => [title, `not asked: ${why}`]);
  const items = [...told, ...left].map(([term, text]) => make("div", {}, make("dt", {}, term), make("dd", {}, isolated(text))));
  const groups_ = order.map((group) => list(group.map((market) => markets.name[market])));
  const sure = order.length > 1 ? `Under every doubt, 95% of the time, of the first ten: ${groups_.join("; then ")}.` : "Of the first ten no two groups keep their order under every doubt.";
  const where = view.own ? "" : " These are for the report\u2019s weights, not for yours.";
  const stated = statements.length ? ` Weights are among those that meet what was stated: ${list(statements)}.` : "";
  fill(
    byId("doubt"),
    make("h3", {}, "Everything it may be doubted for"),
    make("p", { class: "hint" }, `The rank interval under each doubt; the widest is marked. Each is drawn by itself: an end may lie a rank or so beside the interval in the ranking.${stated}${where} ${sure}`),
    make("div", { class: "wide" }, make("table", { class: "doubts" }, make("thead", {}, head), make("tbody", {}, ...body))),
    make("details", { class: "more", id: "doubt-words", open: byId("doubt-words")?.open ?? false }, make("summary", {}, "What was varied"), make("dl", { class: "notes" }, ...items)),
  );
}

function doubtCell(low, rank, high, last, most) {
  if (low === null) return make("td", { class: "soft" }, MISSING);
  const strip = intervalStrip(low, rank, high, last);
  return make("td", { class: most ? "widest" : "" }, strip, most ? make("span", { class: "sr" }, ", the widest") : null);
}
