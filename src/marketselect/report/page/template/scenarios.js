// Weightings with a name, side by side: who stands where under each, who moves, and why.

const SCENARIO_SCHEMA = "marketselect-scenarios"; // as report/page/scenarios.py reads and writes it
const MOST_SCENARIOS = 12;
const FAR = 3; // places that make a move worth a color
const results = new WeakMap(); // of weights, the ranking at them

const givenScenarios = data.scenarios.map(({ name, splits }) => ({
  name, weights: splits.map((split, g) => (split === null || !(g === 0 ? live : deep) ? reportWeights[g] : groupOfSplit(split))),
}));

function groupOfSplit(split) {
  return { points: pointsOf(split), locks: split.map(() => null) };
}

function resultAt(weights) {
  if (!results.has(weights)) results.set(weights, rankingAt(weights));
  return results.get(weights);
}

function buildScenarios() {
  byId("scenarios").hidden = byId("to-scenarios").hidden = !live || count < 2;
  byId("keep").addEventListener("click", keepScenario);
  byId("scenario-name").addEventListener("keydown", (event) => event.key === "Enter" && keepScenario());
  byId("export").addEventListener("click", exportScenarios);
  byId("import").addEventListener("click", () => byId("import-file").click());
  byId("import-file").addEventListener("change", async () => {
    const [file] = byId("import-file").files;
    if (file) importScenarios(await file.text());
    byId("import-file").value = "";
  });
}

function keepScenario() {
  const name = byId("scenario-name").value.trim() || `Scenario ${state.scenarios.length + 1}`;
  if (view.fault) return;
  byId("scenario-name").value = "";
  addScenarios([{ name, weights: state.weights }]);
  byId("scenario-status").textContent = `\u201c${name}\u201d is kept.`;
}

// One of the same name is replaced.
function addScenarios(added) {
  const names = new Set(added.map(({ name }) => name));
  change({ scenarios: [...state.scenarios.filter(({ name }) => !names.has(name)), ...added].slice(-MOST_SCENARIOS) });
}

function removeScenario(name) {
  change({ scenarios: state.scenarios.filter((scenario) => scenario.name !== name) });
  byId("scenario-name").focus();
}

// The file that Python reads: of every group of siblings its shares, by code.

function exportScenarios() {
  const kept = state.scenarios.length ? state.scenarios : [{ name: "Weights", weights: state.weights }];
  const scenarios = kept.map(({ name, weights }) => ({ name, weights: weightsByCode(weights) }));
  const text = JSON.stringify({ schema: SCENARIO_SCHEMA, version: "1.0", scenarios }, null, 2);
  download(new Blob([text], { type: "application/json" }), "scenarios.json");
}

function weightsByCode(weights) {
  return Object.fromEntries(groups.flatMap(({ children }, g) => {
    const split = splitOf(weights[g]);
    return children.map((child, n) => [data.codes[child], split[n]]);
  }));
}

function importScenarios(text) {
  const tell_ = (words) => (byId("scenario-status").textContent = words);
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    return tell_("This is no file of scenarios: it is no JSON.");
  }
  const listed_ = read?.schema === SCENARIO_SCHEMA && Array.isArray(read.scenarios) ? read.scenarios : null;
  const usable = listed_?.filter(({ name, weights } = {}) => typeof name === "string" && name.trim() && weights && typeof weights === "object");
  if (!usable?.length) return tell_("This is no file of scenarios that a page or marketselect wrote.");
  const known = new Set(data.codes);
  const strange = [...new Set(usable.flatMap(({ weights }) => Object.keys(weights)).filter((code) => !known.has(code)))];
  if (strange.length) return tell_(`These scenarios are of another framework: it has ${someOf(strange, 3)}.`);
  const added = usable.map(({ name, weights }) => ({ name: name.trim(), weights: groups.map((_, g) => groupByCode(weights, g)) }));
  if (added.some(({ weights }) => weights.includes(null))) return tell_("A group of weights in this file is not whole, or none of it counts.");
  addScenarios(added);
  tell_(`${plural(added.length, "scenario")} read: ${someOf(added.map(({ name }) => name))}.`);
}

// A group as the file has it, that of the report where it is not named, null where it has a fault.
function groupByCode(weights, g) {
  const stated = groups[g].children.map((child) => (Object.hasOwn(weights, data.codes[child]) ? weights[data.codes[child]] : undefined));
  if (stated.every((weight) => weight === undefined) || !(g === 0 ? live : deep)) return reportWeights[g];
  if (!stated.every((weight) => typeof weight === "number" && weight >= 0 && weight < Infinity)) return null;
  const split = engine.shares(stated);
  return split === null ? null : engine.isStated(split, g) ? reportWeights[g] : groupOfSplit(split);
}

// Side by side

function scenarioColumns(view) {
  const now = JSON.stringify(view.state.weights);
  const kept = view.state.scenarios.map(({ name, weights }) => ({ name, setting: weights, kept: true }));
  const own = kept.some(({ setting }) => JSON.stringify(setting) === now);
  const columns = [{ name: "The report", setting: reportWeights }, ...kept, ...(view.own || own || view.fault ? [] : [{ name: "Now", setting: view.state.weights }])];
  return columns.map((column) => ({ ...column, ...resultAt(column.setting) })).filter(({ fault }) => !fault);
}

function renderScenarios(view) {
  if (byId("scenarios").hidden) return;
  const columns = scenarioColumns(view);
  byId("export").textContent = view.state.scenarios.length ? "Export" : "Export these weights";
  const ranked = anewWords(columns);
  if (byId("scenario-ranked").textContent !== ranked) byId("scenario-ranked").textContent = ranked;
  byId("scenario-ranked").hidden = !ranked;
  const several = columns.length > 1;
  byId("scenario-hint").hidden = several;
  if (!several) return fill(byId("scenario-body"));
  const k = Math.min(10, count);
  const shown = everyMarket.filter((market) => columns.some(({ ranks }) => ranks[market] && ranks[market] <= k));
  const last = columns.at(-1);
  shown.sort((a, b) => (last.ranks[a] || Infinity) - (last.ranks[b] || Infinity));
  fill(byId("scenario-body"), make("div", { class: "wide" }, slopeChart(columns, shown)), make("div", { class: "wide" }, scenarioTable(columns, shown)), scenarioWeights(columns));
}

function scenarioTable(columns, shown) {
  const linear = model.formula.kind === "linear";
  const heads = columns.map(({ name, kept, setting }) =>
    make("th", { scope: "col", class: "number" }, isolated(name), ...(kept ? [scenarioTools(name, setting)] : [])));
  const head = make("tr", {}, make("th", { scope: "col" }, "Market"), ...heads, make("th", { scope: "col" }, "Moves"), ...(linear ? [make("th", { scope: "col" }, "Mostly because of")] : []));
  const [first, last] = [columns[0], columns.at(-1)];
  const body = shown.map((market) => {
    const ranks = columns.map((column) => column.ranks[market] || null);
    const steps = ranks[0] !== null && ranks.at(-1) !== null ? ranks[0] - ranks.at(-1) : 0;
    const reason = linear && steps ? reasonOf(first, last, market, steps) : "";
    return make(
      "tr", {},
      make("th", { scope: "row" }, marketButton(market)),
      ...ranks.map((rank) => make("td", { class: "number" }, rank === null ? MISSING : `${rank}`)),
      make("td", { class: `moves ${steps > 0 ? "rise" : steps < 0 ? "fall" : "soft"}` }, steps > 0 ? `up ${steps}` : steps < 0 ? `down ${-steps}` : "stays"),
      ...(linear ? [make("td", { class: "soft" }, reason)] : []),
    );
  });
  return make("table", { class: "scenarios" }, make("thead", {}, head), make("tbody", {}, ...body));
}

function scenarioTools(name, weights) {
  const words = { use: `Use the weights of ${name}`, drop: `Remove ${name}` };
  return make(
    "span", { class: "scenario-tools" },
    make("button", { type: "button", "aria-label": words.use, title: words.use, onclick: () => change({ weights }) }, "Use"),
    make("button", { type: "button", "aria-label": words.drop, title: words.drop, onclick: () => removeScenario(name) }, "\u2715"),
  );
}

// What moves a market against the others: the factor by which it gains, or loses, most against the
// mean market from the first weights to the last.
function reasonOf(first, last, market, steps) {
  const gains = data.factors.map((_, f) => {
    const gain = (column) => {
      const terms = termColumns?.[f] ?? column.factors[f];
      const mean = column.order.reduce((sum, other) => sum + terms[other], 0) / column.order.length;
      return column.weights[f] * (terms[market] - mean);
    };
    return gain(last) - gain(first);
  });
  const best = gains.indexOf(steps > 0 ? Math.max(...gains) : Math.min(...gains));
  const more = last.weights[best] - first.weights[best];
  const how = Math.abs(more) <= LEVEL_SHARE ? "is made up otherwise" : more > 0 ? "counts more" : "counts less";
  return `${data.factors[best].name}, which ${how}`;
}

function scenarioWeights(columns) {
  const rows_ = data.factors.map((factor, f) =>
    make("tr", {}, make("th", { scope: "row" }, isolated(factor.name)), ...columns.map(({ weights }) => make("td", { class: "number" }, `${hundreds(weights)[f]}%`))));
  const head = make("tr", {}, make("th", { scope: "col" }, "Factor"), ...columns.map(({ name }) => make("th", { scope: "col", class: "number" }, isolated(name))));
  return make("details", { class: "more", id: "scenario-weights", open: byId("scenario-weights")?.open ?? false }, make("summary", {}, "Their weights"), make("div", { class: "wide" }, make("table", { class: "plain" }, make("thead", {}, head), make("tbody", {}, ...rows_))));
}

// A line for each market from weighting to weighting, the best at the top. The table below has the
// same numbers, so that the picture is left out where it is read aloud.
function slopeChart(columns, shown) {
  const [wide, line, head, side] = [720, 22, 34, 170];
  // By place among the shown, so that nothing is far off.
  const places = columns.map(({ ranks }) => new Map(shown.toSorted((a, b) => (ranks[a] || Infinity) - (ranks[b] || Infinity) || a - b).map((market, place) => [market, place])));
  const x = (n) => side + ((wide - 2 * side) * n) / (columns.length - 1);
  const y = (place) => head + line * (place + 0.5);
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${head + line * shown.length + 4}`, class: "slope", role: "img", "aria-label": `Ranks under ${list(columns.map(({ name }) => name))}; the table below has them.` });
  columns.forEach(({ name }, n) => svg.append(drawn("text", { x: x(n), y: 18, class: "slope-head", "text-anchor": n === 0 ? "end" : n === columns.length - 1 ? "start" : "middle" }, shortened(name, 22))));
  for (const market of shown) {
    const [first, last] = [columns[0].ranks[market], columns.at(-1).ranks[market]];
    const way = first && last ? first - last : 0;
    const points = columns.map((_, n) => `${x(n)},${y(places[n].get(market))}`).join(" ");
    const style = way >= FAR ? "up" : way <= -FAR ? "down" : "level";
    const group = drawn("g", { class: `slope-${style}` });
    group.append(drawn("polyline", { points }), ...columns.map((_, n) => drawn("circle", { cx: x(n), cy: y(places[n].get(market)), r: 3.5 })));
    const label = (n, rank) => {
      const right = n > 0;
      const text = right ? `${rank || MISSING}  ${shortened(markets.name[market], 20)}` : `${shortened(markets.name[market], 20)}  ${rank || MISSING}`;
      return drawn("text", { x: x(n) + (right ? 9 : -9), y: y(places[n].get(market)) + 4, "text-anchor": right ? "start" : "end" }, text);
    };
    group.append(label(0, first), label(columns.length - 1, last));
    svg.append(group);
  }
  return svg;
}

function shortened(text, most) {
  const signs = [...text];
  return signs.length > most ? `${signs.slice(0, most - 1).join("")}\u2026` : text;
}

// In the link, each as a link of its own.

function writeScenarios(scenarios, words) {
  const same = scenarios.length === givenScenarios.length && scenarios.every((scenario, n) => scenario === givenScenarios[n]);
  if (same) return;
  if (!scenarios.length) words.append("scenario", "");
  for (const { name, weights } of scenarios) {
    const inner = new URLSearchParams({ name });
    writeWeights(weights, (key, text) => inner.set(key, text));
    words.append("scenario", inner.toString());
  }
}

function readScenarios(words) {
  if (!words.has("scenario")) return givenScenarios;
  const found = words.getAll("scenario").map((text) => new URLSearchParams(text)).filter((inner) => inner.get("name"));
  return found.slice(0, MOST_SCENARIOS).map((inner) => ({ name: inner.get("name"), weights: groups.map((_, g) => readWeights(inner.get(weightsKey(g)), g)) }));
}
