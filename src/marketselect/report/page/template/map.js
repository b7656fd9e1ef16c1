// The map: one square for each economy, so that small states are seen.

const SHADES = data.words.heat; // from the lowest score to the highest, each with its color of text
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
  const mapped = new Set(data.tiles.map((tile) => tile.market));
  const beside = everyMarket.filter((market) => !mapped.has(market));
  const names = beside.map((market) => markets.name[market]);
  byId("beside").textContent = names.length ? `Ranked, but not on the map: ${list(names)}.` : "";
}

function tileElement(tile) {
  const known = tile.market !== null;
  const attributes = { class: "tile", title: tile.name, tabindex: -1 };
  const element = known
    ? make("button", { ...attributes, type: "button", onclick: () => change({ market: tile.market }) }, tile.code)
    : make("span", { class: `tile ${tile.excluded ? "left" : "none"}`, title: tile.name, "aria-hidden": "true" }, tile.code);
  element.style.gridColumn = tile.column + 1;
  element.style.gridRow = tile.row + 1;
  if (known) element.addEventListener("focus", () => focusTile(data.tiles.indexOf(tile)));
  return element;
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
    if (tile.market !== null && along > 0 && along >= aside && far < least) [best, least] = [place, far];
  });
  if (best >= 0) byId("tiles").children[best].focus();
}

function shade(score, [low, high]) {
  const share = high > low ? (score - low) / (high - low) : 1;
  return Math.min(SHADES.length - 1, Math.floor(share * SHADES.length));
}

function renderMap(view) {
  if (!data.tiles.length) return;
  const ends = [Math.min(...view.scores), Math.max(...view.scores)];
  data.tiles.forEach((tile, place) => {
    if (tile.market === null) return;
    const element = byId("tiles").children[place];
    const step = shade(view.scores[tile.market], ends);
    [element.style.background, element.style.color] = SHADES[step];
    element.classList.toggle("top", view.ranks[tile.market] <= view.state.top && view.state.top < count);
    const words = `${tile.name}: rank ${view.ranks[tile.market]}, score ${scoreText(view.scores[tile.market])}`;
    element.title = words;
    element.setAttribute("aria-label", words);
  });
  const swatches = SHADES.map(([shade_]) => {
    const swatch = make("i");
    swatch.style.background = shade_;
    return swatch;
  });
  const scale = make("span", { class: "scale" }, scoreText(ends[0]), make("span", { class: "swatches" }, ...swatches), scoreText(ends[1]));
  const left = data.tiles.some((tile) => tile.excluded) ? make("span", {}, make("i", { class: "tile left" }), "left out") : null;
  const none = data.tiles.some((tile) => tile.market === null && !tile.excluded)
    ? make("span", {}, make("i", { class: "tile none" }), "no candidate") : null;
  fill(byId("legend"), scale, left, none);
}
