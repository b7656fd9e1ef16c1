// The sliders, one for each factor.

function buildSliders() {
  byId("weights-hint").textContent = live
    ? "Move a slider: the markets are ranked again at once. Only the ratio of the weights counts."
    : formula.reason;
  byId("reset").hidden = !live;
  const sameForAll = reportPoints.every((point) => point === reportPoints[0]);
  byId("equal").hidden = !live || sameForAll || data.factors.length === 1;
  fill(byId("sliders"), ...data.factors.map(slider));
  byId("reset").addEventListener("click", () => change({ points: reportPoints.slice() }));
  byId("equal").addEventListener("click", () => change({ points: reportPoints.map(() => 50) }));
  if (matchMedia("(max-width: 900px)").matches) byId("weights-box").open = false;
}

function slider(factor, f) {
  const id = `weight-${f}`;
  const dot = make("i", { class: "dot" });
  dot.style.background = color(f);
  const input = make("input", { type: "range", id, min: 0, max: 100, step: 1, disabled: !live });
  input.addEventListener("input", () => {
    const points = state.points.slice();
    points[f] = pointAt(input.valueAsNumber, f);
    slide(points);
  });
  const label = make("label", { for: id }, dot, isolated(factor.name));
  return make("div", { class: "slider" }, label, make("span", { class: "share" }), input);
}

// A slider has whole steps: back at the step nearest to the report's weight, it is that weight.
function pointAt(step, f) {
  return step > 0 && step === Math.round(reportPoints[f]) ? reportPoints[f] : step;
}

function renderSliders(view) {
  const parts = shares(view.state.points) ?? view.state.points;
  const own = view.own && !view.fault;
  byId("sliders").childNodes.forEach((row, f) => {
    const input = row.querySelector("input");
    const output = row.querySelector(".share");
    const points = view.state.points[f];
    if (input.valueAsNumber !== Math.round(points)) input.value = points;
    input.style.setProperty("--filled", `${Math.min(points, 100)}%`);
    output.textContent = weightText(parts[f]);
    const report = weightText(reportWeights[f]);
    output.classList.toggle("moved", !own);
    output.title = own ? "" : `${report} in the report`;
    input.setAttribute("aria-valuetext", `${weightText(parts[f])} of the whole`);
  });
  byId("reset").disabled = own;
}
