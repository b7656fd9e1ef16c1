// What leaves the page: the table as CSV, the settings as a link, the printed sheet.

// A spreadsheet takes text that begins like this for a formula; plain numbers are left as they are.
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function csvCell(value) {
  if (value === null) return "";
  if (typeof value === "number") return `${value}`;
  const text = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// At weights of one's own, how they were made stands below the table, so that a file tells what it is.
function csvText(view) {
  const heads = ["market", "name", "rank", "score", "rank_low", "rank_high", ...data.factors.map((factor) => factor.code), "coverage"];
  const lines = view.order.map((market) => [
    markets.label[market], markets.name[market], view.ranks[market], view.scores[market],
    view.trust.low[market], view.trust.high[market], ...view.factors.map((column) => known(column[market])), coverageAt(view, market),
  ]);
  const facts = view.own ? [] : [[], ["weights"], ...Object.entries(weightsByCode(view.state.weights)), [], ["method", data.method], ["made with", data.title], ...Object.entries(data.hashes)];
  return [heads, ...lines, ...facts].map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

function downloadCsv(view) {
  // The sign at the start tells spreadsheets that the letters are UTF-8.
  const content = new Blob(["\ufeff", csvText(view)], { type: "text/csv;charset=utf-8" });
  download(content, view.own ? "ranking.csv" : "ranking-own-weights.csv");
}

function download(content, name) {
  const url = URL.createObjectURL(content);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function showLink() {
  keepInAddress();
  const field = byId("link-text");
  byId("link-box").hidden = false;
  field.value = location.href;
  field.focus();
  field.select();
  byId("link-hint").textContent = location.protocol === "file:"
    ? "Send this file and the link: your colleague opens the file and puts the part from # on at the end of its address."
    : "Whoever opens it sees the page with your settings.";
  navigator.clipboard?.writeText(field.value).then(() => tell("The link is copied."), () => {});
}

function buildFiles() {
  byId("csv").addEventListener("click", () => downloadCsv(view));
  byId("link").addEventListener("click", showLink);
  byId("print").addEventListener("click", () => print());
  // What is folded away on the screen is printed all the same.
  let folded_ = [];
  addEventListener("beforeprint", () => {
    folded_ = [...document.querySelectorAll("details.more:not([open]), #weights-box:not([open])")];
    folded_.forEach((details) => (details.open = true));
    printing = true;
    byId("printed").textContent = `Printed on ${new Date().toLocaleDateString("en-US", { dateStyle: "long" })}.`;
    renderRows(view);
    fillPaper();
  });
  addEventListener("afterprint", () => {
    folded_.forEach((details) => (details.open = false));
    printing = false;
    renderRows(view);
    fill(byId("paper"));
  });
}

// Browsers print one sheet of an open dialog, so a market's page goes to paper as a copy outside of it.
function fillPaper() {
  if (state.market === null) return;
  const paper = byId("paper");
  fill(paper, ...[...byId("market").children, byId("printed")].map((part) => part.cloneNode(true)));
  for (const part of paper.querySelectorAll("[id]")) part.removeAttribute("id");
}
