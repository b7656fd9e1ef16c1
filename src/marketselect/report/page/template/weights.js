// The tree of weights: a slider, a share that can be typed and a lock for each factor, and under it
// those of its parts. A slider counts in relation to its siblings; the shares add up to 100.

const LOCK = "M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7zm2 0h4V5a2 2 0 0 0-4 0z";
const weightRows = []; // { g, n, slider, share, lock, note }
let typing = null; // the share that is being typed, which nothing may write over
let limited = { text: "" }; // the share that could not be taken as typed, why, and the weights since

function buildSliders() {
  byId("weights-hint").replaceChildren(...weightsHint());
  const alone = groups.every(({ children }) => children.length === 1);
  byId("reset").hidden = !live || alone;
  byId("equal").hidden = !live || alone;
  fill(byId("sliders"), ...groupRows(0));
  byId("reset").addEventListener("click", () => change({ weights: reportWeights }));
  byId("equal").addEventListener("click", () => changeGroup(0, { points: groups[0].idle.map((idle) => (idle ? 0 : 50)), locks: groups[0].idle.map(() => null) }));
  if (matchMedia("(max-width: 900px)").matches) byId("weights-box").open = false;
}

function weightsHint() {
  if (!live) return [model.formula.reason];
  if (groups.every(({ children }) => children.length === 1)) return ["There is one factor with one indicator: weights cannot move this ranking."];
  const words = "Move a slider, or type a share: the markets are ranked again at once. Shares add up to 100; a lock keeps one as it is.";
  const below = groups.length > 1 && groups.slice(1).some(({ children }) => children.length > 1);
  if (!below) return [words];
  return [words, deep ? " Open a factor to weigh what is inside." : ` What is inside of a factor is weighed here for weighted sums and for TOPSIS on a fixed scale only; this ranking is by ${data.method}.`];
}

// The rows of a group; of a group of one there is nothing to weigh, so what is in it takes its place.
function groupRows(g) {
  const { children } = groups[g];
  if (children.length > 1) return children.map((child, n) => weightRow(g, n, child));
  return rowsUnder(children[0]);
}

function rowsUnder(node) {
  return engine.groupOf.has(node) ? groupRows(engine.groupOf.get(node)) : [];
}

function weightRow(g, n, node) {
  const id = g === 0 ? `weight-${n}` : `weight-${g}-${n}`;
  const movable = (g === 0 ? live : deep) && !groups[g].idle[n];
  const slider = make("input", { type: "range", id, min: 0, max: 100, step: 1, disabled: !movable });
  const share = make("input", { type: "number", class: "share", min: 0, max: 100, step: 0.1, disabled: !movable, "aria-label": `${nodeName(node)}, share in percent` });
  const lock = make("button", { type: "button", class: "lock", disabled: !movable, "aria-pressed": "false", "aria-label": `Lock the share of ${nodeName(node)}`, onclick: () => toggleLock(g, n) }, icon(LOCK));
  slider.addEventListener("input", () => {
    const group = state.weights[g];
    slide(withGroup(g, { ...group, points: group.points.with(n, pointAt(slider.valueAsNumber, g, n)) }));
  });
  share.addEventListener("input", () => (typing = share));
  share.addEventListener("change", () => {
    typing = null;
    takeShare(share, g, n);
  });
  const dot = make("i", { class: "dot" });
  if (g === 0) dot.style.background = color(n);
  const label = make("label", { for: id }, g === 0 ? dot : null, isolated(nodeName(node)));
  const inner = rowsUnder(node);
  const fold = inner.length ? make("details", { class: "inside" }, make("summary", {}, `${inner.length} inside`, make("span", { class: "sr" }, ` ${nodeName(node)}`)), ...inner) : null;
  const note = make("p", { class: "hint limited", id: `${id}-limited`, hidden: true });
  weightRows.push({ g, n, slider, share, lock, note });
  return make("div", { class: "slider" }, label, make("span", { class: "typed" }, share, make("span", { "aria-hidden": "true" }, "%"), lock), slider, note, fold);
}

function withGroup(g, group) {
  return state.weights.with(g, group);
}

function changeGroup(g, group) {
  change({ weights: withGroup(g, group) });
}

// A slider has whole steps: back at the step nearest to the report's weight, it is that weight.
function pointAt(step, g, n) {
  const own = reportWeights[g].points[n];
  return step > 0 && step === Math.round(own) ? own : step;
}

// Points that give such shares, the largest where the largest point was.
function pointsOf(split) {
  const largest = Math.max(...split);
  return split.map((share) => (largest > 0 ? 50 * (share / largest) : 0));
}

// A group with one share as typed: what is not locked has the rest, in the ratio that it had.
function withShare(g, n, share) {
  const { points, locks } = state.weights[g];
  const split = splitOf({ points, locks: locks.with(n, null) }) ?? points.map(() => 0);
  const rest = locks.reduce((left, lock, m) => left - (m === n ? 0 : lock ?? 0), 1);
  const free = split.map((_, m) => m !== n && locks[m] === null && !groups[g].idle[m]);
  const before = split.reduce((sum, part, m) => sum + (free[m] ? part : 0), 0);
  const own = free.some(Boolean) ? Math.min(share, rest) : rest;
  const even = free.filter(Boolean).length;
  const after = split.map((part, m) => (m === n ? own : free[m] ? (before > 0 ? part / before : 1 / even) * (rest - own) : part));
  return { points: pointsOf(after), locks: locks[n] === null ? locks : locks.with(n, own) };
}

// What cannot be taken as typed is said beside the field, and aloud.
function takeShare(share, g, n) {
  const typed = share.valueAsNumber / 100;
  const usable = typed >= 0;
  const group = usable ? withShare(g, n, Math.min(1, typed)) : state.weights[g];
  const weights = usable ? withGroup(g, group) : state.weights;
  limited = { share, weights, text: usable ? limitText(typed, group, n) : "A share is a number from 0 to 100." };
  if (limited.text) tell(limited.text); // also where no weight moves
  change({ weights });
}

function limitText(typed, group, n) {
  const taken = splitOf(group)?.[n] ?? 0;
  if (Math.abs(typed - taken) <= LEVEL_SHARE) return "";
  const locked = group.locks.some((lock, m) => lock !== null && m !== n);
  const why = typed < taken ? "nothing else is free to take the rest" : locked ? "locked shares leave no more" : "all shares are 100% together";
  return `Set to ${weightText(taken)}, not ${weightText(typed)}: ${why}.`;
}

// Locked or not, the shares stay as they are.
function toggleLock(g, n) {
  const group = state.weights[g];
  const split = splitOf(group);
  if (split === null) return;
  if (group.locks[n] === null) changeGroup(g, { ...group, locks: group.locks.with(n, split[n]) });
  else changeGroup(g, { points: pointsOf(split), locks: group.locks.with(n, null) });
}

function renderSliders(view) {
  const { weights } = view.state;
  const splits = weights.map(splitOf);
  const texts = splits.map((split, g) => (split === null ? weights[g].points.map(() => "0.0") : hundreds(split)));
  for (const { g, n, slider, share, lock, note } of weightRows) {
    const part = splits[g]?.[n] ?? 0;
    const locked = weights[g].locks[n] !== null;
    const free = locked ? 100 * part : weights[g].points[n];
    if (slider.valueAsNumber !== Math.round(free)) slider.value = free;
    slider.disabled = lock.disabled || locked;
    slider.setAttribute("aria-valuetext", `${weightText(part)} of ${g === 0 ? "the whole" : nodeName(groups[g].node)}`);
    if (share !== typing && share.value !== texts[g][n]) share.value = texts[g][n];
    const report = groups[g].weights[n];
    const moved = Math.abs(part - report) > LEVEL_SHARE;
    share.classList.toggle("moved", moved);
    share.title = moved ? `${weightText(report)} in the report` : "";
    lock.setAttribute("aria-pressed", `${locked}`);
    const text = share === limited.share && weights === limited.weights ? limited.text : "";
    if (note.textContent === text) continue;
    note.textContent = text;
    note.hidden = !text;
    if (text) share.setAttribute("aria-describedby", note.id);
    else share.removeAttribute("aria-describedby");
  }
  byId("reset").disabled = view.own && !view.fault && weights.every(({ locks }) => locks.every((lock) => lock === null));
}
