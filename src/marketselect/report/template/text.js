// The data, the page's elements, and how numbers are written.
// Text of the data only ever becomes a text node or an attribute that is read out: never HTML.

const data = JSON.parse(document.getElementById("data").textContent);
const markets = data.markets;
const count = markets.key.length;
const everyMarket = Array.from({ length: count }, (_, market) => market);

const LONG = /\S{17}/;

function byId(id) {
  return document.getElementById(id);
}

// An element with attributes and children; a child that is text becomes a text node.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") element.addEventListener("click", value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  return fill(element, ...children);
}

// Puts children in place of what an element holds; one that is null or undefined is left out: the
// browser's own replaceChildren and append would write the word.
function fill(element, ...children) {
  element.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Text of the data in a direction of its own, so that right-to-left names turn nothing else round.
// A word longer than any country's may be broken anywhere, lest it push a table out of sight.
function isolated(text, attributes = {}) {
  const element = make("bdi", attributes, text);
  if (LONG.test(text)) element.classList.add("unbroken");
  return element;
}

function list(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");
}

function plural(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

// Numbers

const MISSING = "\u2013";
const SIZES = [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"]];
const scoreSize = Math.max(...markets.score.map(Math.abs));

// One decimal on a scale of 100, three on one of 1.
function places(largest) {
  return largest > 1.5 ? 1 : 3;
}

function fixed(value, digits) {
  if (value === null) return MISSING;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}

function scoreText(value) {
  return fixed(value, places(scoreSize));
}

function scaledText(value) {
  return fixed(value, places(Math.max(...data.range.map(Math.abs))));
}

// Three digits that count, large numbers in words; no more decimals than a number like it shows.
function valueText(value, like = 0) {
  if (value === null) return MISSING;
  const size = Math.max(Math.abs(value), Math.abs(like));
  if (size && (size < 1e-6 || size >= 1e15)) return value.toExponential(2).replace("-", "\u2212");
  const [unit, word] = SIZES.find(([least]) => size >= least) ?? [1, ""];
  const digits = size ? Math.max(2 - Math.floor(Math.log10(size / unit)), 0) : 0;
  const options = { maximumFractionDigits: Math.min(digits, 12) };
  return (value / unit).toLocaleString("en", options).replace("-", "\u2212") + word;
}

// A unit that is a description ("estimate, about -2.5 to 2.5") does not follow a number.
function measuredText(value, unit, year) {
  const apart = unit.includes(", ") && !unit.startsWith("%");
  const tail = apart || !unit ? "" : unit.startsWith("%") ? unit : ` ${unit}`;
  const notes = [apart ? unit : "", year ?? ""].filter((text) => text !== "");
  return `${valueText(value)}${tail}${notes.length ? ` (${notes.join("; ")})` : ""}`;
}

function shareText(share) {
  if (share === null || Number.isNaN(share)) return MISSING;
  const rounding = 1e-9; // sums of sixths are not quite one
  if (share > rounding && share < 0.005) return "<1%";
  if (share < 1 - rounding && share > 0.995) return ">99%";
  return `${Math.round(100 * share)}%`;
}

function signed(value, text) {
  return value > 0 ? `+${text(value)}` : text(value);
}

function rangeText(low, high) {
  if (low === null) return MISSING;
  return low === high ? `${low}` : `${low}\u2013${high}`;
}

// Colors by number: the first eight can be told apart by the color-blind (Okabe & Ito).
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c7a00", "#5c6670"];

// After the last color they begin again with stripes, wider and turned at each round.
function color(factor) {
  const shade = COLORS[factor % COLORS.length];
  const round = Math.floor(factor / COLORS.length);
  if (round === 0) return shade;
  const [angle, wide] = [90 + 45 * round, 2 + round];
  const light = `color-mix(in srgb, ${shade} 35%, white)`;
  return `repeating-linear-gradient(${angle}deg, ${shade} 0 ${wide}px, ${light} ${wide}px ${2 * wide}px)`;
}
