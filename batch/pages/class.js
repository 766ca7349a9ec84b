"use strict";
// Sorts and filters the table of submissions. Without it, everything can be read.

const table = document.querySelector(".all");
const filters = document.querySelector(".filters");
const controls = table ? [...filters.querySelectorAll("input, select")] : [];
const collator = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
const headings = table ? [...table.tHead.rows[0].cells] : [];
const counting = headings.findIndex(heading => "median" in heading.dataset);
const rows = table ? [...table.tBodies[0].rows].map(known) : [];

// held: the misconception that explains a check, by the check's place.
function known(row) {
  const link = row.querySelector("a");
  const key = link ? link.getAttribute("href").split("/")[1] : "";
  return {
    row,
    verdicts: row.dataset.verdicts || "",
    held: Object.fromEntries((row.dataset.held || "").split(" ").map(pair => pair.split(":"))),
    is: row.dataset.is.split(" "),
    text: plain(row.cells[0].textContent + " " + key),
    keys: [row.querySelector("bdi").textContent, ...[...row.cells].slice(1).map(cell => cell.dataset.sort && Number(cell.dataset.sort))],
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
  for (const other of headings) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  const sorted = rows.slice().sort(order(heading.cellIndex, up ? 1 : -1));
  table.tBodies[0].replaceChildren(...sorted.map(one => one.row)); // and no blanks between rows, which slow Chromium down
  document.getElementById("announced").textContent =
    `Sorted by ${heading.textContent}, ${up ? "ascending" : "descending"}.`;
}

// Whether a check of the submission, or the one that is asked for, ended so and for this reason.
function matches(one, words, {only, verdict, misconception, check}) {
  if (!words.every(word => one.text.includes(word))) return false;
  if (only && !one.is.includes(only)) return false;
  if (!verdict && !misconception && !check) return true;
  const places = check ? [check] : [...one.verdicts].keys();
  return [...places].some(place => {
    const code = one.verdicts[place] || "-";
    return code !== "-" && (!misconception || one.held[place] === misconception)
      && (!verdict || (verdict === "not" ? code !== "a" : code === verdict));
  });
}

function filter() {
  const words = plain(document.getElementById("text").value).split(/\s+/).filter(Boolean);
  const selects = controls.filter(control => control.selectedOptions);
  const asked = Object.fromEntries(selects.map(select => [select.id, select.selectedOptions[0].dataset.code]));
  const shown = rows.filter(one => {
    const hidden = !matches(one, words, asked);
    if (one.row.hidden !== hidden) one.row.hidden = hidden;
    return !hidden;
  });
  count(shown);
}

// The address keeps what is chosen, so that a link shows the same rows.
function remember() {
  const chosen = controls.filter(control => control.value).map(control => [control.id, control.value]);
  history.replaceState(null, "", "#" + (new URLSearchParams(chosen).toString() || "submissions"));
}

function follow(hash) {
  if (!hash.includes("=")) return;
  const asked = new URLSearchParams(hash.slice(1));
  for (const control of controls) {
    control.value = asked.get(control.id) || "";
    if (control.selectedIndex === -1) control.selectedIndex = 0; // nobody has that any more
  }
  filter();
  document.getElementById("submissions").focus();
}

function count(shown) {
  const scores = shown.map(one => one.keys[counting]).filter(score => score !== "").sort((a, b) => a - b);
  const middle = (scores[(scores.length - 1) >> 1] + scores[scores.length >> 1]) / 2;
  const median = scores.length ? `, median ${Number(middle.toFixed(2))} points` : "";
  document.getElementById("shown").textContent =
    `${shown.length} of ${rows.length} row${rows.length === 1 ? "" : "s"}${median}`;
  const counts = {};
  for (const one of shown) for (const code of one.verdicts) counts[code] = (counts[code] || 0) + 1;
  for (const span of document.querySelectorAll("[data-count]")) span.textContent = counts[span.dataset.count] || 0;
}

function start() {
  filters.hidden = false;
  filters.addEventListener("input", filter);
  filters.addEventListener("change", remember);
  filters.addEventListener("submit", event => event.preventDefault());
  document.getElementById("all").addEventListener("click", () => {
    filters.reset();
    filter();
    remember();
  });
  for (const heading of headings) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading));
    heading.replaceChildren(button);
  }
  headings[0].setAttribute("aria-sort", "ascending");
  for (const link of document.querySelectorAll('a[href^="#"][href*="="]')) {
    link.addEventListener("click", () => follow(link.hash)); // the address may be the same already
  }
  addEventListener("hashchange", () => follow(location.hash));
  filter(); // a browser keeps what was chosen when a page is loaded again
  follow(location.hash);
}

if (table) start();
