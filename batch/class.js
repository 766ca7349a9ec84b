"use strict";
// Sorts and filters the table of submissions. Without it, everything can be read.

const table = document.querySelector(".all");
const filters = document.querySelector(".filters");
const collator = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
const rows = table ? [...table.tBodies[0].rows].map(known) : [];

function known(row) {
  const link = row.querySelector("a");
  return {
    row,
    verdicts: row.dataset.verdicts,
    failed: "error" in row.dataset,
    text: plain(row.cells[0].textContent + " " + link.getAttribute("href").split("/")[1]),
    keys: [link.textContent, ...[...row.cells].slice(1).map(cell => cell.dataset.sort && Number(cell.dataset.sort))],
  };
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// What is not known comes last, up or down; equal ones stay in the order of names.
function order(column, sign) {
  const compare = column ? (a, b) => a - b : collator.compare;
  return (a, b) => {
    const [first, second] = [a.keys[column], b.keys[column]];
    if (first === "" || second === "") return (first === "") - (second === "");
    return sign * compare(first, second);
  };
}

function sort(heading) {
  const up = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  const sorted = rows.slice().sort(order(heading.cellIndex, up ? 1 : -1));
  table.tBodies[0].append(...sorted.map(one => one.row));
  document.getElementById("announced").textContent =
    `Sorted by ${heading.textContent}, ${up ? "ascending" : "descending"}.`;
}

function matches(one, words, verdict, check) {
  if (!words.every(word => one.text.includes(word))) return false;
  if (verdict === "error") return one.failed;
  const found = (check === "" ? [...one.verdicts] : [one.verdicts[check]]).filter(code => code !== "-");
  if (verdict === "not") return found.some(code => code !== "a");
  if (verdict) return found.includes(verdict);
  return check === "" || found.length > 0;
}

function filter() {
  const [text, verdict, check] = ["text", "verdict", "check"].map(id => document.getElementById(id).value);
  const words = plain(text).split(/\s+/).filter(Boolean);
  const shown = rows.filter(one => {
    one.row.hidden = !matches(one, words, verdict, check);
    return !one.row.hidden;
  });
  tell(shown);
}

function choose(verdict, check) {
  filters.reset();
  document.getElementById("verdict").value = verdict;
  document.getElementById("check").value = check;
  filter();
}

function tell(shown) {
  const scores = shown.map(one => one.keys[2]).filter(score => score !== "").sort((a, b) => a - b);
  const middle = (scores[(scores.length - 1) >> 1] + scores[scores.length >> 1]) / 2;
  const median = scores.length ? `, median ${middle.toFixed(1)} points` : "";
  document.getElementById("shown").textContent =
    `${shown.length} of ${rows.length} submission${rows.length === 1 ? "" : "s"}${median}`;
  const counts = {};
  for (const one of shown) for (const code of one.verdicts) counts[code] = (counts[code] || 0) + 1;
  for (const span of document.querySelectorAll("[data-count]")) span.textContent = counts[span.dataset.count] || 0;
}

function start() {
  filters.hidden = false;
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", event => event.preventDefault());
  document.getElementById("all").addEventListener("click", () => choose("", ""));
  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading));
    heading.replaceChildren(button);
  }
  table.tHead.rows[0].cells[0].setAttribute("aria-sort", "ascending");
  for (const link of document.querySelectorAll("[data-check]")) {
    link.addEventListener("click", () => choose("not", link.dataset.check));
  }
  filter(); // a browser keeps what was chosen when a page is loaded again
}

if (table) start();
