// For whom the ranking was made, what limits the markets, and what was chosen out of it.

const FIRM_STAGES = { home: "Home", served: "Served already" };

function buildFirm() {
  const parts = [firmPart(), screenPart(), basketPart(), planPart()].filter(Boolean);
  byId("firm").hidden = byId("to-firm").hidden = parts.length === 0;
  fill(byId("firm-body"), ...parts);
}

// Home and markets served have no rank of their own: only the one that they would have.
function firmPart() {
  const rows_ = data.excluded.filter(({ stage }) => stage in FIRM_STAGES);
  const whom = data.firm ? make("p", {}, "This ranking is for ", isolated(data.firm), ".") : null;
  if (!rows_.length) return whom && section("The firm", whom);
  const lines = rows_.map(({ name, stage, rank }) => [name, FIRM_STAGES[stage], rank === null ? MISSING : `${rank}`]);
  return section("The firm", ...[whom].filter(Boolean), make("p", { class: "hint" }, "Home and markets that are served are left out of the ranking; those that are scored have the rank that they would have."), tableOf(["Market", "Why", "Would be rank"], lines));
}

function screenPart() {
  if (!data.screens.length) return null;
  const lines = data.screens.map(({ rule, why, out, unknown }) => [
    make("span", {}, isolated(rule), why ? isolated(why, { class: "reason" }) : ""), `${out}`, unknown ? `${unknown}` : "0",
  ]);
  const text = "Limits that a market has to meet whatever its score. Everything is scored first, so no score moves by them; who fails is under Left out, with the rank that it would have.";
  return section("Limits", make("p", { class: "hint" }, text), tableOf(["Limit", "Left out by it", "Kept without a value"], lines));
}

function basketPart() {
  if (data.basket === null) return null;
  const { text, beside, heads, lines } = data.basket;
  const adds = "Adds: by how much the basket is worse, in points of score, with the best other market in place of this one.";
  return section("A basket", make("p", {}, isolated(text)), make("p", {}, isolated(beside)), make("p", { class: "hint" }, adds), tableOf(heads, lines));
}

function planPart() {
  if (data.plan === null) return null;
  const { text, heads, lines } = data.plan;
  const hint = "Watch: what would have to be, and alone would do, for a market to fall behind another that may take its place; “0.5 usual years” is half of what it changes by in a usual year.";
  return section("A plan of entry", make("p", {}, isolated(text)), ...(heads.includes("Watch") ? [make("p", { class: "hint" }, hint)] : []), tableOf(heads, lines, "steps"));
}
