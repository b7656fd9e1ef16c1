// Whom the table shows: found by a name, of a region or an income group, or the reader's candidates.

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });
const STAR = "M8 1.6l2 4.1 4.5.6-3.3 3.1.8 4.5L8 11.7l-4 2.2.8-4.5L1.5 6.3l4.5-.6z";

// Letters that are no plain letter with an accent, and signs that a keyboard has another for.
const PLAIN = { ı: "i", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", "’": "'", "‘": "'", ʼ: "'", "-": " ", "–": " ", "&": "and" };

// Without accents, capitals and hyphens, so that "cote d'i" finds "Côte d’Ivoire".
function folded(text) {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return [...bare].map((sign) => PLAIN[sign] ?? sign).join("");
}

const searched = everyMarket.map((market) => folded(`${markets.name[market]} ${markets.label[market]} ${markets.short[market]} ${markets.also[market]}`));
const searchedLeft = data.excluded.map(({ label, name, also }) => folded(`${name} ${label} ${also}`));
const otherNames = []; // of each market and then of those left out, in other languages, each after ;

// They are unpacked once the page stands. A text has to begin one of them: in the midst of so many
// names any few letters are found.
async function readNames() {
  if (!data.names) return;
  const unpacked = new Blob([bytesOf(data.names)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const lines = (await new Response(unpacked).text()).split("\n");
  otherNames.push(...lines.map((line) => `;${folded(line)}`));
  if (state.query) show();
}

function isCalled(market, words) {
  return searched[market].includes(words) || (otherNames[market] ?? "").includes(`;${words}`);
}

function isLeftCalled(place, words) {
  return searchedLeft[place].includes(words) || (otherNames[count + place] ?? "").includes(`;${words}`);
}

function buildFilters() {
  byId("search").addEventListener("input", () => change({ query: byId("search").value }));
  const selects = markets.facets.map(({ label, names }, n) => {
    const select = make("select", { id: `facet-${n}` }, make("option", { value: "" }, "all"), ...names.map((name, place) => make("option", { value: place }, name)));
    select.addEventListener("change", () => change({ facets: state.facets.with(n, select.value === "" ? null : Number(select.value)) }));
    return make("label", {}, `${label} `, select);
  });
  const mine = make("input", { type: "checkbox", id: "only-mine" });
  mine.addEventListener("change", () => change({ onlyMine: mine.checked }));
  fill(byId("facets"), ...selects, make("label", {}, mine, make("span", { id: "mine-words" }, "My candidates")));
  byId("filter-reset").addEventListener("click", () => change({ query: "", facets: markets.facets.map(() => null), onlyMine: false }));
}

function renderFilters(view) {
  const { query, facets, onlyMine, mine } = view.state;
  if (byId("search").value !== query) byId("search").value = query;
  facets.forEach((place, n) => (byId(`facet-${n}`).value = place ?? ""));
  byId("only-mine").checked = onlyMine;
  byId("only-mine").disabled = mine.length === 0;
  byId("mine-words").textContent = `My candidates (${mine.length})`;
  byId("mine-words").parentElement.title = mine.length ? "" : "Mark a market with the star in its row.";
  byId("filter-reset").hidden = !query && !onlyMine && facets.every((place) => place === null);
}

function passes(view, market, words) {
  const { facets, onlyMine, mine } = view.state;
  return (!words || isCalled(market, words))
    && facets.every((place, n) => place === null || markets.facets[n].of[market] === place)
    && (!onlyMine || mine.includes(market));
}

// The first few by what the table is sorted by, of all that pass; all of them while one is searched.
function shownMarkets(view) {
  const { query, top, sort } = view.state;
  const words = folded(query.trim());
  const passing = view.order.filter((market) => passes(view, market, words));
  const { value } = COLUMNS.find((column) => column.id === sort.by);
  const sign = sort.way === "up" ? 1 : -1;
  const keys = new Map(passing.map((market) => [market, value(view, market)]));
  const sorted = passing.sort((a, b) => sign * compared(keys.get(a), keys.get(b)) || view.ranks[a] - view.ranks[b] || a - b);
  view.passing = sorted.length;
  return words ? sorted : sorted.slice(0, top);
}

function compared(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === "string" ? collator.compare(a, b) : a - b;
}

// Of the market that `found` is of when it is pressed.
function starButton(found) {
  const toggle = () => {
    const { market } = found;
    const mine = state.mine.includes(market) ? state.mine.filter((other) => other !== market) : [...state.mine, market];
    change({ mine, onlyMine: state.onlyMine && mine.length > 0 });
  };
  return make("button", { type: "button", class: "star", "aria-pressed": "false", onclick: toggle }, icon(STAR));
}

function shownWords(view, shown) {
  const words = folded(view.state.query.trim());
  const passing = view.passing.toLocaleString("en");
  const filtered = view.state.onlyMine || view.state.facets.some((place) => place !== null);
  const column = COLUMNS.find(({ id }) => id === view.state.sort.by);
  const sorted = column.id === "rank" ? "" : `, sorted by ${column.label}`;
  const unranked = everyMarket.filter((market) => !view.ranks[market] && passes(view, market, words)).map((market) => markets.name[market]);
  const lost = unranked.length ? ` Not ranked at these weights, as nothing that counts is known in a factor: ${someOf(unranked)}.` : "";
  if (words) {
    const left = data.excluded.filter((_, place) => isLeftCalled(place, words));
    const told = left.length ? ` Left out: ${someOf(left.map(({ name, reason }) => `${name} (${reason})`), 3, "; ")}.` : "";
    return `${plural(shown.length, "market")} found among ${count}.${lost}${told}`;
  }
  if (shown.length === count && !sorted) return `${plural(count, "market")}.`;
  return `${shown.length} of ${filtered ? `${passing} chosen among ${count}` : count} markets${sorted}.${lost}`;
}

function someOf(words, most = 5, between = ", ") {
  return words.slice(0, most).join(between) + (words.length > most ? ` and ${words.length - most} more` : "");
}
