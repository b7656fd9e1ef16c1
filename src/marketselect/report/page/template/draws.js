// Draws of weights, in a worker, so that a slider never waits for them. Only the last thing asked
// counts: while the worker is busy, what was asked in between is dropped.

const DRAWS = 1000;
const WORK = `${engineOf}
let engine = null;
onmessage = ({ data: { model, ask, id } }) => {
  if (model) engine = engineOf(model);
  else postMessage({ id, found: engine.drawn(ask) });
};`;

const drawing = live && data.redraw !== null && count > 1;
const fewDraws = Math.max(200, Math.min(DRAWS, Math.floor(2e6 / count)));
const counted = [1, ...TOPS.filter((top) => top < count), count]; // among the first how many
let worker = null;
let busy = false;
let next = null; // { key, ask, then }
let current = null;

// Where no worker can be had, draws are made in the page, once it has drawn itself.
function startWorker() {
  const here = { postMessage: ({ ask }) => ask && setTimeout(() => answered(engine.drawn(ask))) };
  const instead = () => {
    worker = here;
    if (current) here.postMessage(current);
  };
  try {
    const url = URL.createObjectURL(new Blob([WORK], { type: "text/javascript" }));
    worker = new Worker(url);
    URL.revokeObjectURL(url);
    worker.onmessage = ({ data: { found } }) => answered(found);
    worker.onerror = instead;
    worker.postMessage({ model });
  } catch {
    instead();
  }
}

function askDraws(key, ask, then) {
  if (current?.key === key) return;
  next = { key, ask: { ...ask, draws: fewDraws, tops: counted }, then };
  askNext();
}

function askNext() {
  if (busy || next === null) return;
  if (worker === null) startWorker();
  [current, next, busy] = [next, null, true];
  worker.postMessage({ ask: current.ask });
}

function answered(found) {
  const { key, then } = current;
  [current, busy] = [null, false];
  if (next === null) then(key, found);
  askNext();
}
