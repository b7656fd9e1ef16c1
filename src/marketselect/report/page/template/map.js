// The map: one square for each economy, so that small states are seen, or their outlines.

const SHADES = data.words.heat; // from the lowest score to the highest, each with its color of text
const [MAP_WIDE, MAP_HIGH] = [1000, 437]; // units of the outlines, as scripts/build_outlines.py says
let focused = null;

function buildMap() {
  byId("map").hidden = byId("to-map").hidden = data.tiles.length === 0;
  if (!data.tiles.length) return;
  const box = byId("tiles");
  const columns = Math.max(...data.tiles.map((tile) => tile.column)) + 1;
  box.style.setProperty("--columns", columns);
  fill(box, ...data.tiles.map(tileElement));
  box.addEventListener("keydown", moveFocus);
  const first = data.tiles.findIndex((tile) => tile.market === 0);
  focusTile(first < 0 ? data.tiles.findIndex((tile) => tile.market !== null) : first);
  fill(byId("shaded"), ...shadedOptions());
  byId("shaded").addEventListener("change", () => change({ map: byId("shaded").value }));
  byId("shape").parentElement.hidden = Object.keys(data.outlines).length === 0;
  byId("shape").addEventListener("change", () => change({ shape: byId("shape").value }));
  const mapped = new Set(data.tiles.map((tile) => tile.market));
  const beside = everyMarket.filter((market) => !mapped.has(market));
  const names = beside.map((market) => markets.name[market]);
  byId("beside").textContent = names.length ? `Ranked, but not on the map: ${list(names)}.` : "";
}

function tileElement(tile) {
  const opens = tellable(tile);
  const words = tile.excluded ? leftText(tile) : tile.name;
  const element = opens
    ? make("button", { class: tile.excluded ? "tile left" : "tile", title: words, "aria-label": words, tabindex: -1, type: "button", onclick: () => openTile(tile) }, tile.code)
    : make("span", { class: "tile none", title: words, "aria-hidden": "true" }, tile.code);
  element.style.gridColumn = tile.column + 1;
  element.style.gridRow = tile.row + 1;
  if (opens) element.addEventListener("focus", () => focusTile(data.tiles.indexOf(tile)));
  return element;
}

// A tile opens its market, or tells why that is left out.
function tellable(tile) {
  return tile.market !== null || tile.excluded;
}

function leftText(tile) {
  return `${tile.code}, ${tile.name}: left out. ${tile.reason}`;
}

function openTile(tile) {
  byId("why").textContent = tile.market === null ? leftText(tile) : "";
  if (tile.market !== null) change({ market: tile.market });
}

// One stop of the Tab key for the whole map; the arrow keys move within.
function focusTile(place) {
  if (place < 0) return;
  if (focused !== null) byId("tiles").children[focused].tabIndex = -1;
  focused = place;
  byId("tiles").children[place].tabIndex = 0;
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function moveFocus(event) {
  const step = STEPS[event.key];
  if (!step || focused === null) return;
  event.preventDefault();
  const here = data.tiles[focused];
  let [best, least] = [-1, Infinity];
  data.tiles.forEach((tile, place) => {
    const across = [tile.column - here.column, tile.row - here.row];
    const along = across[0] * step[0] + across[1] * step[1];
    const aside = Math.abs(across[0] * step[1]) + Math.abs(across[1] * step[0]);
    const far = along + 2 * aside;
    if (tellable(tile) && along > 0 && along >= aside && far < least) [best, least] = [place, far];
  });
  if (best >= 0) byId("tiles").children[best].focus();
}

// What the map can show: the score, a factor's score, or an indicator, each darker where better.
const SHADED = [
  { id: "score", label: "Score", column: (view) => view.scores, text: (view, market) => `score ${scoreText(view.scores[market])}` },
  ...data.factors.map((factor, f) => ({
    id: `factor${f}`, label: factor.name, group: "Factors",
    column: (view) => view.factors[f], text: (view, market) => `${factor.name} ${scaledText(view.factors[f][market])}`,
  })),
  ...data.indicators.map((indicator, i) => ({
    id: `indicator${i}`, label: indicator.name, group: "Indicators",
    column: () => model.columns[i],
    text: (_, market) => `${indicator.name} ${measuredText(markets.values[market][i], indicator.unit, markets.years[market][i])}`,
  })),
];

function shadedOptions() {
  const grouped = ["Factors", "Indicators"].map((label) =>
    make("optgroup", { label }, ...SHADED.filter(({ group }) => group === label).map(({ id, label: text }) => make("option", { value: id }, text))));
  return [make("option", { value: "score" }, "Score"), ...grouped];
}

function shade(value, [low, high]) {
  const share = high > low ? (value - low) / (high - low) : 1;
  return Math.min(SHADES.length - 1, Math.floor(share * SHADES.length));
}

function renderMap(view) {
  if (!data.tiles.length) return;
  byId("shaded").value = view.state.map;
  const outlined = view.state.shape === "outlines";
  byId("shape").value = view.state.shape;
  [byId("tiles").hidden, byId("outlines").hidden] = [outlined, !outlined];
  byId("map-hint").textContent = outlined
    ? "The darker, the better; a thick edge marks those shown in the ranking. A click opens a market; by the keyboard that is done in the table or on the tiles. Outlines: Natural Earth, simplified; they take no side."
    : "One square for each economy, small or large. The darker, the better; a frame marks those shown in the ranking. Move with the arrow keys, open with Enter; a striped one tells why it is left out.";
  const what = SHADED.find(({ id }) => id === view.state.map);
  const column = what.column(view);
  const known = view.order.map((market) => column[market]).filter(Number.isFinite);
  const ends = known.length ? [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))] : [0, 0];
  const seen = new Set(listed);
  if (outlined) drawOutlines();
  data.tiles.forEach((tile, place) => {
    if (tile.market === null) return;
    const element = byId("tiles").children[place];
    const value = column[tile.market];
    const step = view.ranks[tile.market] && Number.isFinite(value) ? shade(value, ends) : null;
    [element.style.background, element.style.color] = step === null ? ["", ""] : SHADES[step];
    element.classList.toggle("unknown", step === null);
    element.classList.toggle("top", seen.has(tile.market) && seen.size < count);
    const rank = view.ranks[tile.market] ? `rank ${view.ranks[tile.market]}` : "not ranked at these weights";
    const words = `${tile.code}, ${tile.name}: ${rank}, ${what.text(view, tile.market)}`;
    element.title = words;
    element.setAttribute("aria-label", words);
    if (outlined) shadeOutline(tile, step, words, element.classList.contains("top"));
  });
  const swatches = SHADES.map(([shade_]) => {
    const swatch = make("i");
    swatch.style.background = shade_;
    return swatch;
  });
  const text = what.id === "score" ? scoreText : scaledText;
  const scale = make("span", { class: "scale" }, text(ends[0]), make("span", { class: "swatches" }, ...swatches), text(ends[1]));
  const left = data.tiles.some((tile) => tile.excluded) ? make("span", {}, make("i", { class: outlined ? "tile left plain" : "tile left" }), "left out") : null;
  const none = data.tiles.some((tile) => tile.market === null && !tile.excluded)
    ? make("span", {}, make("i", { class: "tile none" }), "no candidate") : null;
  fill(byId("legend"), isolated(`${what.label}${what.group === "Indicators" ? ", on its scale" : ""}:`), scale, left, none);
}

// Drawn once they are asked for.

const outlineParts = new Map(); // by code

function drawOutlines() {
  if (outlineParts.size) return;
  const picture = drawn("svg", { viewBox: `0 0 ${MAP_WIDE} ${MAP_HIGH}`, role: "img", "aria-label": "Map of outlines; the table has the same ranks and scores." });
  const places = new Map(data.tiles.map((tile) => [tile.code, tile]));
  for (const [code, d] of Object.entries(data.outlines)) {
    const tile = places.get(code);
    const part = drawn("path", { d, class: tile?.excluded ? "land left" : "land" });
    part.append(drawn("title", {}, tile?.excluded ? leftText(tile) : tile?.name ?? code));
    if (tile !== undefined && tellable(tile)) {
      if (tile.market !== null) part.classList.add("opens");
      part.addEventListener("click", () => openTile(tile));
    }
    outlineParts.set(code, part);
    picture.append(part);
  }
  fill(byId("outlines"), picture);
}

function shadeOutline(tile, step, words, top) {
  const part = outlineParts.get(tile.code);
  if (part === undefined) return;
  part.style.fill = step === null ? "" : SHADES[step][0];
  part.classList.toggle("top", top);
  part.firstChild.textContent = words;
  if (top) part.parentNode.append(part); // its edge lies over its neighbors'
}
