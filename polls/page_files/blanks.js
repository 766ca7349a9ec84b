// The blanks of a question: built, read and filled. What stands in them is {"": "B"}, {"": "A C"}, {"": "3.5"} or
// {"r1c1": "3", ...}.

const LONGEST = 200; // characters of an answer
const TYPED = `type="text" inputmode="decimal" enterkeyhint="send" autocomplete="off" autocapitalize="off"
  spellcheck="false" maxlength="${LONGEST}"`;
// What the keyboards of some phones lack beside digits.
const KEYS = `<button type="button" data-key="-">±<span class="unseen"> ${say("change the sign")}</span></button>
  <button type="button" data-key="/">/<span class="unseen"> ${say("fraction bar")}</span></button>`;
const SEND = `<button class="main">${say("Send")}</button>`;

function buildBlanks(form, question) {
  form.innerHTML = { number: numberBlank, grid: gridBlanks, choice: optionBlanks }[question.kind](question);
  for (const key of form.querySelectorAll("[data-key]")) {
    key.addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard stays
    key.addEventListener("click", () => press(key.dataset.key, typedInto(form)));
  }
}

function numberBlank({ unit }) {
  const heard = unit && `<span class="unseen"> ${say("in {unit}", { unit: escaped(unit) })}</span>`;
  const seen = unit && `<span aria-hidden="true">${escaped(unit)}</span>`;
  return `<p class="typed"><label for="blank">${say("Your answer")}${heard}</label>
    <input id="blank" data-blank="" ${TYPED}> ${seen}</p><p class="do">${KEYS} ${SEND}</p>`;
}

function gridBlanks({ blanks, rows, columns }) {
  const down = [...new Set(blanks.map(({ row }) => row))];
  const across = [...new Set(blanks.map(({ column }) => column))];
  const [left, above] = [headings(rows, down, columns), headings(columns, across, rows)];
  const blank = ({ name, place }) => `<td><input data-blank="${name}" aria-label="${escaped(place)}" ${TYPED}></td>`;
  const cells = (row) => blanks.filter((each) => each.row === row).map(blank).join("");
  const body = down.map((row) => `<tr>${heading("row", left[row])}${cells(row)}</tr>`).join("");
  return `<div class="scroll" role="group" aria-label="${say("Your answer")}">
    <table class="grid"><caption>${say("Your answer")}</caption>
    <thead><tr><td></td>${above.map((name) => heading("col", name)).join("")}</tr></thead>
    <tbody>${body}</tbody></table></div>
    <p class="do">${KEYS} ${SEND}</p>`;
}

// Names or numbers; a single row or column needs none where the other axis has names.
function headings(names, places, others) {
  if (names.length) return names;
  return places.length === 1 && others.length ? [""] : places.map((place) => String(place + 1));
}

function heading(scope, name) {
  return name ? `<th scope="${scope}">${name}</th>` : "<td></td>";
}

function optionBlanks({ several, options }) {
  const type = several ? "checkbox" : "radio";
  const option = ({ letter, text }) => `<label class="option"><input type="${type}" name="option" value="${letter}">
    <span class="letter">${letter}</span> <span class="scroll">${text}</span></label>`;
  const legend = several ? say("Tick all that apply") : say("Choose one");
  const send = several ? `<p class="do">${SEND}</p>` : "";
  return `<fieldset><legend>${legend}</legend>${options.map(option).join("")}</fieldset>${send}`;
}

// The field that was typed into last, or the first one.
function typedInto(form) {
  return form.querySelector("input:focus") ?? form.querySelector("input");
}

function press(key, input) {
  if (key === "/") input.setRangeText("/", input.selectionStart, input.selectionEnd, "end");
  if (key === "-") input.value = input.value.startsWith("-") ? input.value.slice(1) : `-${input.value}`;
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function read(form, question) {
  const inputs = [...form.querySelectorAll("input")];
  const ticked = inputs.filter(({ checked }) => checked).map(({ value }) => value);
  if (question.kind === "choice") return { "": ticked.join(" ") };
  return Object.fromEntries(inputs.map((input) => [input.dataset.blank, input.value]));
}

function fill(form, question, given) {
  for (const input of form.querySelectorAll("input")) {
    const text = given[input.dataset.blank ?? ""] ?? "";
    if (question.kind === "choice") input.checked = text.split(" ").includes(input.value);
    else if (input.value !== text) input.value = text; // or the cursor jumps
  }
}

// Where something is still missing, in words; nowhere where one text holds the whole grid.
function missing(question, given) {
  if (question.kind !== "grid") return [];
  const empty = question.blanks.filter(({ name }) => isBlank(given[name] ?? ""));
  const filled = question.blanks.filter((blank) => !empty.includes(blank));
  const holdsAll = filled.length === 1 && /\S[\s;,|]+\S/.test(given[filled[0].name]);
  return holdsAll ? [] : empty.map(({ place }) => place);
}

function isEmpty(given) {
  return Object.values(given).every(isBlank);
}

function isBlank(text) {
  return !text.trim();
}

function isSame(one, other) {
  return [...Object.keys(one), ...Object.keys(other)].every((name) => (one[name] ?? "") === (other[name] ?? ""));
}

// An answer on one line.
function brief(given) {
  return Object.values(given).map((text) => text.trim() || "–").join(" ");
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}
