// A question as it is asked, and its solution, wherever they are shown.

const known = new Map(); // what the server has sent, by address: it stays as it is

// Return what is asked, a question from 1 in one of its forms.
const fetchQuestion = (question, form) => fetched(`/questions/${question}.${form}`);

// Return the solution of a question from 1 in one of its forms.
const fetchSolution = (question, form) => fetched(`/solutions/${question}.${form}`);

async function fetched(address) {
  if (!known.has(address)) known.set(address, await get(address));
  return known.get(address);
}

// Put what is asked into an element: the stem, then the picture.
function showStem(element, { stem, picture, width }) {
  const drawn = picture && `<div class="picture scroll">${picture}</div>`;
  element.innerHTML = `<div class="stem scroll">${stem}</div>${drawn}`;
  element.querySelector(".picture")?.style.setProperty("--least", `${Math.round(0.75 * width)}px`);
}

// Put what is asked into an element, with nothing to answer: the stem, the picture, the options or an empty grid.
function showQuestion(element, question) {
  showStem(element, question);
  if (question.kind === "choice") element.append(optionsOf(question));
  if (question.kind === "grid") element.append(outlineOf(question));
}

function optionsOf({ options }) {
  const list = document.createElement("ul");
  list.className = "options";
  const option = ({ letter, text }) => `<li><b>${letter}</b> <span class="scroll">${text}</span></li>`;
  list.innerHTML = options.map(option).join("");
  return list;
}

function outlineOf({ blanks, rows, columns }) {
  const count = (axis) => 1 + Math.max(...blanks.map((blank) => blank[axis]));
  const cells = "<td></td>".repeat(count("column"));
  const above = columns.map((name) => `<th scope="col">${name}</th>`).join("");
  const corner = rows.length ? '<td class="corner"></td>' : "";
  const left = (row) => (rows.length ? `<th scope="row">${rows[row]}</th>` : "");
  const lines = Array.from({ length: count("row") }, (_, row) => `<tr>${left(row)}${cells}</tr>`);
  const box = document.createElement("div");
  box.className = "scroll";
  box.innerHTML = `<table class="asked">${above && `<tr>${corner}${above}</tr>`}${lines.join("")}</table>`;
  return box;
}

// Put a solution into an element: the key, the way to it step by step, and the lecture's window where there is one.
function showSolution(element, { key, steps, slide }) {
  const way = steps.length ? `<ol class="steps">${steps.map((step) => `<li>${step}</li>`).join("")}</ol>` : "";
  const answer = say("Right answer: {key}", { key: `<b>${key}</b>` });
  element.innerHTML = `<p class="key">${answer}</p>${way}<div class="slide"></div>`;
  if (slide) buildSlide(slide, element.querySelector(".slide"));
}
