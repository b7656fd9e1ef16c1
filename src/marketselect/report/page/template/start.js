// One way round: a choice changes the state, the state is ranked, the ranking is drawn. What is not
// in sight is drawn once the slider rests, and draws of weights come when the worker has them.

let state = null;
let view = null;
let frame = 0; // of a slider that moves: drawn once a frame
let resting = 0; // the timer of what waits until the slider rests
let telling = 0;
let keeping = 0;

// What is drawn by itself, with the part of the page that it is in.
const PARTS = { scenarios: renderScenarios, map: renderMap, trust: renderTrust, compare: renderCompare };
const inSight = new Set(Object.keys(PARTS)); // at first all of it is drawn
const stale = new Set();

// To open a market is a step in the history, so that going back closes it.
function change(changes) {
  const opens = state.market === null && (changes.market ?? null) !== null;
  state = { ...state, ...changes };
  show();
  keepInAddress(opens);
}

function slide(weights) {
  state = { ...state, weights };
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(show);
  clearTimeout(keeping);
  keeping = setTimeout(keepInAddress, 200); // browsers refuse to change an address too often
}

function show() {
  const asked = rankingAt(state.weights);
  const result = asked.fault ? view ?? rankingAt(reportWeights) : asked;
  const same = view !== null && result.splits.every((split, g) => split.every((share, n) => share === view.splits[g][n]));
  const before = view;
  const kind = kindAt(result, state.kind);
  const draws = same && before.kind === kind ? before.trust.draws : null;
  view = {
    ...result, state, kind, fault: asked.fault ?? null, bar: barScale(result.scores),
    inside: same ? before.inside : undefined, trust: trustAt(result, kind, draws),
  };
  renderAll();
  rest();
  if (asked.fault) tell(asked.fault);
  else if (before !== null && (!same || before.fault)) tellOrder();
}

function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    for (const id of [...stale]) renderPart(id);
    markWide();
    scrolled({ type: "resize" }); // what stands above the rows may be higher or lower now
    if (view.trust.pending && !view.fault) askFor(view);
  }, 150);
}

// What can be scrolled can be reached by the keyboard.
function markWide() {
  for (const part of document.querySelectorAll(".wide")) {
    if (part.scrollWidth > part.clientWidth + 1) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}

function askFor(asked) {
  const key = JSON.stringify([asked.splits, asked.kind]);
  askDraws(key, { splits: asked.splits, kind: asked.kind }, (found_, found) => {
    if (found_ !== JSON.stringify([view.splits, view.kind])) return;
    view = { ...view, trust: trustAt(view, view.kind, found) };
    renderAll();
    rest();
  });
}

function renderAll() {
  for (const render of [renderHead, renderSliders, renderTable, renderMarket]) render(view);
  for (const id of Object.keys(PARTS)) {
    if (inSight.has(id)) renderPart(id);
    else stale.add(id);
  }
  byId("page").classList.toggle("faulty", view.fault !== null);
  byId("csv").disabled = view.fault !== null;
}

// What had the focus and was drawn anew has it again.
function renderPart(id) {
  const before = document.activeElement;
  const inside = before !== document.body && byId(id).contains(before);
  stale.delete(id);
  PARTS[id](view);
  if (!inside || before.isConnected) return;
  const same = (part) => part.textContent === before.textContent && part.ariaLabel === before.ariaLabel;
  [...byId(id).querySelectorAll(before.tagName)].find(same)?.focus({ preventScroll: true });
}

function watchSight() {
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inSight.add(target.id);
      else inSight.delete(target.id);
      if (isIntersecting && stale.has(target.id)) renderPart(target.id);
    }
  });
  for (const id of Object.keys(PARTS)) watcher.observe(byId(id));
}

function renderHead(view) {
  if (view.fault) {
    byId("lead").textContent = "At these weights nothing can be ranked; below is the last ranking there was.";
    return;
  }
  if (view.own && data.doubt) {
    byId("lead").textContent = data.doubt.headline;
    return;
  }
  const first = view.order.filter((market) => view.ranks[market] <= 3).slice(0, 3);
  const [best, ...next] = first.map((market) => isolated(markets.name[market]));
  const where = view.own ? "" : "At your weights, ";
  const tied = view.order.filter((market) => view.ranks[market] === 1).length;
  const others = next.flatMap((other, n) => (n ? [" and ", other] : [other]));
  // Who is first in one draw of twenty or more.
  const rivals = view.order.filter((market) => view.trust.low[market] === 1);
  const words = tied > 1
    ? [`${tied} markets share the first place.`]
    : rivals.length > 1
    ? [...joined(rivals), " cannot be told apart: who comes first depends on the weights."]
    : next.length ? [best, " comes first, ahead of ", ...others, "."] : [best, " is the only market ranked."];
  const isEnough = enoughAt(view.splits);
  const thin = view.own ? [] : first.filter((market) => !isEnough(lackedBy(market)));
  const doubted = thin.length ? [" Too little is known of ", ...joined(thin), " at these weights."] : [];
  fill(byId("lead"), where, ...words, ...doubted);
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
    data.left_out,
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
    const ranked = view.order;
    const moved = ranked.filter((market) => view.ranks[market] !== markets.rank[market]).length;
    const fresh = ranked.filter((market) => view.ranks[market] <= k && markets.rank[market] > k).length;
    const first = list(view.order.slice(0, 3).map((market) => markets.name[market]));
    const limit = limited.text && limited.weights === view.state.weights ? `${limited.text} ` : "";
    if (view.own) tell(`${limit}The report\u2019s weights. First: ${first}.`);
    else tell(`${limit}First now: ${first}. ${plural(moved, "market")} moved; ${fresh} new among the first ${k}.`);
  }, 400);
}

function keepInAddress(step = false) {
  clearTimeout(keeping);
  const hash = toHash(state);
  const address = hash ? `#${hash}` : location.pathname + location.search;
  try {
    if (step === true) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  } catch {
    location.hash = hash; // some browsers refuse the first for a file
  }
  byId("link-box").hidden = true;
}

function jump(id) {
  const target = byId(id);
  if (target instanceof HTMLDetailsElement) target.open = true;
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

for (const id of ["page", "sections", "skip", "to-words"]) byId(id).hidden = false;
for (const build of [buildHead, buildSliders, buildTable, buildScenarios, buildMap, buildTrust, buildCompare, buildMarket, buildNotes, buildFirm, buildExcluded, buildFiles]) {
  build();
}
state = fromHash(location.hash);
show();
readNames();
watchSight();
addEventListener("resize", rest);
