// The data, the page's elements, and how numbers are written.
// Text of the data only ever becomes a text node or an attribute that is read out: never HTML.

const data = JSON.parse(document.getElementById("data").textContent);
const markets = data.markets;
const count = markets.key.length;
const everyMarket = Array.from({ length: count }, (_, market) => market);

const LONG = /\S{17}/;

// Columns of doubles, a number for each market, from the bytes that Python wrote.
function columnsOf(text) {
  const numbers = new Float64Array(bytesOf(text).buffer);
  return Array.from({ length: numbers.length / count }, (_, n) => numbers.subarray(n * count, (n + 1) * count));
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

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

// A part of a picture; text in it is text.
function drawn(name, attributes = {}, text = null) {
  const part = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
  if (text !== null) part.textContent = text;
  return part;
}

// A picture of one path, in the color of the text beside it; what it means is said elsewhere.
function icon(path) {
  const found = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  found.append(drawn("path", { d: path }));
  return found;
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

// Writes other text into what `isolated` made.
function rename(element, text) {
  if (element.textContent === text) return;
  element.textContent = text;
  element.classList.toggle("unbroken", LONG.test(text));
}

function list(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");
}

function plural(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

// Numbers

// As in words.py, whose lists come with the data: what Python writes, the page writes.

const MISSING = "\u2013";
const SIZES = data.words.sizes;
const [LEAST_PLAIN, MOST_PLAIN] = data.words.plain;
const [SCORE_PLACES, FACTOR_PLACES] = data.places;
const LEVEL_SHARE = 1e-9; // shares that differ by no more

// With so many decimals; what lies exactly in the middle goes to the even digit.
function fixed(value, digits) {
  const text = value.toFixed(digits);
  const exact = value.toFixed(digits + 1);
  const middle = exact.endsWith("5") && Number.isInteger(value * 2 ** (digits + 1));
  const below = exact.slice(0, -1).replace(/\.$/, "");
  const even = middle && "02468".includes(below.at(-1)) ? below : text;
  return Number(even) === 0 ? even.replace("-", "") : even;
}

// With so many digits that count, a very large or small number with its power of ten.
function general(value, digits) {
  const [front, power] = value.toExponential(digits - 1).split("e").map(Number);
  if (power >= -4 && power < digits) return `${Number(fixed(value, digits - 1 - power))}`;
  return `${front}e${power < 0 ? "-" : "+"}${`${Math.abs(power)}`.padStart(2, "0")}`;
}

function pointsText(value, digits) {
  if (value === null) return MISSING;
  const size = Math.abs(value);
  if (size >= MOST_PLAIN) return general(value, 3);
  if (size > 10 ** -(digits + 9) && size < 0.5 * 10 ** -digits) return general(value, 2);
  return fixed(value, digits);
}

// With how many decimals a whole column is written, so that its smallest number shows.
function columnPlaces(values, places) {
  const sizes = values.map(Math.abs).filter((size) => size > 10 ** -(places + 9));
  return Math.min(Math.max(places, -Math.floor(Math.log10(Math.min(1, ...sizes)))), places + 2);
}

// A difference in a column of so many decimals.
function gapText(value, places) {
  const least = 10 ** -places;
  if (Math.abs(value) > 10 ** -(places + 9) && Math.abs(value) < 0.5 * least) return value > 0 ? `under ${least}` : `over -${least}`;
  const text = fixed(value, places);
  return value > 0 && Number(text) > 0 ? `+${text}` : text;
}

function scoreText(value) {
  return pointsText(value, SCORE_PLACES);
}

// Of factors and indicators.
function scaledText(value) {
  return pointsText(value, FACTOR_PLACES);
}

// Three digits that count, large numbers in words; no more decimals than a number like it shows.
// What is so or is not is "yes" or "no".
function valueText(value, like = 0, unit = "") {
  if (value === null) return MISSING;
  if (isFact(value, unit)) return value ? "yes" : "no";
  const size = Math.abs(value);
  if (size && (size < LEAST_PLAIN || size >= MOST_PLAIN)) return general(value, 3);
  const [step, word] = SIZES.find(([least]) => size >= least) ?? [1, ""];
  const digits = Math.max(size, Math.abs(like ?? 0)) || 1;
  const decimals = Math.min(Math.max(2 - Math.floor(Math.log10(digits / step)), 0), 12);
  const [whole, part = ""] = fixed(value / step, decimals).split(".");
  const rest = part.replace(/0+$/, "");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest && `.${rest}`) + word;
}

function isFact(value, unit) {
  return unit === data.words.fact && (value === 0 || value === 1);
}

// Of hours "hour" behind a one.
function unitOf(number, unit) {
  if (number !== "1" && number !== "-1") return unit;
  const [first, ...rest] = unit.split(" ");
  const known = data.words.of_one;
  return known[unit] ?? [known[first] ?? first, ...rest].join(" ");
}

// A unit that is a description ("estimate, about -2.5 to 2.5") does not follow a number.
function measuredText(value, unit, year) {
  const apart = unit.includes(", ") && !unit.startsWith("%");
  const after = unit === data.words.fact ? data.words.partly : unitOf(valueText(value, 0, unit), unit);
  const tail = apart || !unit || isFact(value, unit) ? "" : unit.startsWith("%") ? unit : ` ${after}`;
  const notes = [apart ? unit : "", year ?? ""].filter((text) => text !== "");
  return `${valueText(value, 0, unit)}${tail}${notes.length ? ` (${notes.join("; ")})` : ""}`;
}

// Only nothing is 0%, and only the whole is 100%.
function shareText(share, digits = 0) {
  if (share === null || Number.isNaN(share)) return MISSING;
  const least = 10 ** -(digits + 2);
  if (share > LEVEL_SHARE && share <= 0.5 * least) return `<${100 * least}%`;
  if (share >= 1 - 0.5 * least && share < 1 - LEVEL_SHARE) return `>${100 - 100 * least}%`;
  return `${fixed(100 * share, digits)}%`;
}

function weightText(weight) {
  return shareText(weight, 1);
}

// Shares in percent with one decimal that add up to 100: what rounding leaves goes to those that lost
// most by it. Null where there are none.
function hundreds(split) {
  const tenths = split.map((share) => 1000 * share);
  const low = tenths.map((size) => Math.floor(size + LEVEL_SHARE));
  const left = Math.round(tenths.reduce((sum, size) => sum + size, 0)) - low.reduce((sum, size) => sum + size, 0);
  const order = tenths.map((size, n) => [size - low[n], n]).sort(([a, i], [b, j]) => (Math.abs(a - b) > 1e-6 ? b - a : i - j));
  order.slice(0, left).forEach(([, n]) => (low[n] += 1));
  return low.map((size) => fixed(size / 10, 1));
}

function signed(value, text) {
  return value > 0 ? `+${text(value)}` : text(value);
}

function rangeText(low, high) {
  if (low === null) return MISSING;
  return low === high ? `${low}` : `${low}-${high}`;
}

// After the last color they begin again with stripes, wider and turned at each round.
function color(factor) {
  const colors = data.words.factors;
  const shade = colors[factor % colors.length];
  const round = Math.floor(factor / colors.length);
  if (round === 0) return shade;
  const [angle, wide] = [90 + 45 * round, 2 + round];
  const light = `color-mix(in srgb, ${shade} 35%, white)`;
  return `repeating-linear-gradient(${angle}deg, ${shade} 0 ${wide}px, ${light} ${wide}px ${2 * wide}px)`;
}
