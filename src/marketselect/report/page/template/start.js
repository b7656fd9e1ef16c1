// One way round: a choice changes the state, the state is ranked, the ranking is drawn.

let state = reportState();
let view = null;
let frame = 0; // of a slider that moves: drawn once a frame
let waiting = 0; // the timers of what waits until the slider rests
let telling = 0;
let keeping = 0;

function change(changes) {
  state = { ...state, ...changes };
  show();
  keepInAddress();
}

function slide(points) {
  state = { ...state, points };
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(show);
  clearTimeout(keeping);
  keeping = setTimeout(keepInAddress, 200); // browsers refuse to change an address too often
}

function show() {
  const asked = rankingAt(state.points);
  const result = asked.fault ? view ?? rankingAt(reportPoints) : asked;
  const same = view !== null && result.weights.every((weight, f) => weight === view.weights[f]);
  const trust = same ? view.trust : trustAtOnce(result);
  const before = view;
  view = { ...result, state, trust, bar: barScale(result.scores), fault: asked.fault ?? null };
  renderAll();
  if (asked.fault) tell(asked.fault);
  else if (before !== null && (!same || before.fault)) tellOrder();
}

// New draws take a moment, so they wait until the slider rests.
function trustAtOnce(result) {
  clearTimeout(waiting);
  if (result.own || view === null) return trustAt(result);
  waiting = setTimeout(() => {
    view = { ...view, trust: trustAt(view) };
    renderAll();
  }, 150);
  const nobody = everyMarket.map(() => null);
  return { trust: null, low: nobody, high: nobody, drawn: false, pending: true };
}

function renderAll() {
  for (const render of [renderHead, renderSliders, renderTable, renderMap, renderTrust, renderCompare, renderMarket]) {
    render(view);
  }
  byId("page").classList.toggle("faulty", view.fault !== null);
  byId("csv").disabled = view.fault !== null;
}

function renderHead(view) {
  if (view.fault) {
    byId("lead").textContent = "At these weights nothing can be ranked; below is the last ranking there was.";
    return;
  }
  const first = view.order.filter((market) => view.ranks[market] <= 3).slice(0, 3);
  const [best, ...next] = first.map((market) => isolated(markets.name[market]));
  const where = view.own ? "" : "At your weights, ";
  const tied = view.ranks.filter((rank) => rank === 1).length;
  const others = next.flatMap((other, n) => (n ? [" and ", other] : [other]));
  // Who is first in one draw of twenty or more.
  const rivals = view.order.filter((market) => view.trust.low[market] === 1);
  const words = tied > 1
    ? [`${tied} markets share the first place.`]
    : rivals.length > 1
    ? [...joined(rivals), " cannot be told apart: who comes first depends on the weights."]
    : next.length ? [best, " comes first, ahead of ", ...others, "."] : [best, " is the only market ranked."];
  fill(byId("lead"), where, ...words);
}

// Names as "a, b and c", or "a, b, c and 2 others".
function joined(chosen, most = 4) {
  const shown = chosen.slice(0, chosen.length > most ? most - 1 : most);
  const left = chosen.length - shown.length;
  const parts = shown.map((market) => isolated(markets.name[market]));
  if (left) parts.push(`${left} others`);
  return parts.flatMap((part, n) => (n === 0 ? [part] : [n === parts.length - 1 ? " and " : ", ", part]));
}

function buildHead() {
  const facts = [
    plural(count, "market") + " ranked",
    data.excluded.length ? `${data.excluded.length} left out` : null,
    plural(data.factors.length, "factor"),
    plural(data.indicators.length, "indicator"),
    data.method,
    data.as_of === null ? null : `data as of ${data.as_of}`,
  ];
  fill(byId("facts"), ...facts.filter(Boolean).map((text) => make("li", {}, isolated(text))));
}

function tell(text) {
  clearTimeout(telling); // what was to be said before is out of date
  byId("status").textContent = text;
}

// Said once the slider rests: a screen reader must not speak at every step.
function tellOrder() {
  clearTimeout(telling);
  telling = setTimeout(() => {
    const k = Math.min(state.top, count);
    const moved = everyMarket.filter((market) => view.ranks[market] !== markets.rank[market]).length;
    const fresh = everyMarket.filter((market) => view.ranks[market] <= k && markets.rank[market] > k).length;
    const first = list(view.order.slice(0, 3).map((market) => markets.name[market]));
    if (view.own) tell(`The report\u2019s weights. First: ${first}.`);
    else tell(`First now: ${first}. ${plural(moved, "market")} moved; ${fresh} new among the first ${k}.`);
  }, 400);
}

function keepInAddress() {
  clearTimeout(keeping);
  const hash = toHash(state);
  const address = hash ? `#${hash}` : location.pathname + location.search;
  try {
    history.replaceState(null, "", address);
  } catch {
    location.hash = hash; // some browsers refuse the first for a file
  }
  byId("link-box").hidden = true;
}

function jump(id) {
  const target = byId(id);
  target.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}

document.querySelectorAll("[data-jump]").forEach((anchor) => {
  anchor.addEventListener("click", (event) => {
    event.preventDefault(); // the part after # holds the settings
    jump(anchor.getAttribute("href").slice(1));
  });
});
addEventListener("hashchange", () => {
  if (location.hash.replace("#", "") === toHash(state)) return;
  state = fromHash(location.hash);
  show();
});

for (const id of ["page", "sections", "skip"]) byId(id).hidden = false;
for (const build of [buildHead, buildSliders, buildTable, buildMap, buildCompare, buildMarket, buildNotes, buildExcluded, buildFiles]) {
  build();
}
state = fromHash(location.hash);
show();
