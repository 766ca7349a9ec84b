// The page: what is typed is kept, checked on demand, and saved as a file. Nothing leaves the browser.

const quiz = JSON.parse(document.getElementById("quiz").textContent);
const VERDICTS = {
  right: ["✓", say("Right.")],
  partly: ["◐", say("Partly right.")],
  wrong: ["✗", say("Wrong.")],
  unread: ["?", say("Not understood.")],
  left: ["–", say("Not answered.")],
};
const CHANGED = `<p class="soft">${say("You have changed your answer: check it again.")}</p>`;
const questions = quiz.questions.map((question, index) => {
  const number = String(index + 1);
  const section = document.getElementById(`q${number}`);
  const [form, feedback, solution] = ["form", ".feedback", ".solution"].map((part) => section.querySelector(part));
  return { ...question, number, section, form, feedback, solution };
});
const drawer = `convgrade quiz ${quiz.version}`;
let kept = emptied(); // answers: as typed now; checked: as typed when last checked; tried: whose solutions may be seen

function emptied() {
  return { answers: {}, checked: {}, tried: {} };
}

function keep() {
  try {
    localStorage.setItem(drawer, JSON.stringify(kept));
  } catch {
    document.getElementById("unkept").hidden = false;
  }
}

function remember() {
  try {
    kept = { ...emptied(), ...JSON.parse(localStorage.getItem(drawer)) };
  } catch {
    kept = emptied();
  }
  for (const question of questions) {
    fill(question, kept.answers[question.number] ?? {});
    show(question);
  }
}

// What stands in a question's blanks; of options the letters: "A C".
function typed(question) {
  const inputs = [...question.form.querySelectorAll("input")];
  if (question.kind !== "choice") return Object.fromEntries(inputs.map((input) => [input.dataset.blank, input.value]));
  return { "": inputs.filter((input) => input.checked).map((input) => input.value).join(" ") };
}

function fill(question, given) {
  for (const input of question.form.querySelectorAll("input")) {
    if (question.kind === "choice") input.checked = (given[""] ?? "").split(" ").includes(input.value);
    else input.value = given[input.dataset.blank] ?? "";
  }
}

function check(question) {
  const given = typed(question);
  const marked = mark(question, given);
  kept.checked[question.number] = given;
  if (marked.readable) kept.tried[question.number] = true;
  keep();
  show(question);
  return marked;
}

// Show what was found at the last check, beside all that has not been changed since.
function show(question) {
  const { number, section, feedback, solution } = question;
  const now = typed(question);
  const checked = kept.checked[number];
  const marked = checked && mark(question, checked);
  const changed = checked && Object.keys(now).some((blank) => now[blank] !== checked[blank]);
  for (const place of section.querySelectorAll(".mark")) {
    const verdict = marked?.answered && verdictAt(question, place.dataset.for, marked, checked, now);
    place.innerHTML = verdict ? symbol(verdict) : "";
    const input = place.parentElement.querySelector("input");
    if (question.kind !== "choice") input.setAttribute("aria-invalid", String(["wrong", "unread"].includes(verdict)));
  }
  feedback.innerHTML = marked ? told(question, marked) + (changed ? CHANGED : "") : "";
  feedback.dataset.verdict = marked ? verdictOf(marked) : "";
  feedback.classList.toggle("changed", Boolean(changed));
  solution.hidden = !kept.tried[number];
  if (solution.hidden) solution.open = false;
  const holder = solution.querySelector(".slide:empty");
  if (holder && !solution.hidden) buildSlide(question.slide, holder);
  progress();
}

function verdictAt(question, place, marked, checked, now) {
  if (question.kind === "choice") {
    const ticked = now[""] === checked[""] && checked[""].split(" ").includes(place);
    return ticked && (question.options[place.charCodeAt(0) - 65].right ? "right" : "wrong");
  }
  if (now[place] !== checked[place] || !now[place].replace(BLANKS, "")) return "";
  return question.kind === "grid" ? (marked.cells[place] ? "right" : "wrong") : verdictOf(marked);
}

function verdictOf({ credit, answered, readable }) {
  return !answered ? "left" : !readable ? "unread" : credit === 1 ? "right" : credit > 0 ? "partly" : "wrong";
}

function symbol(verdict) {
  const [sign, words] = VERDICTS[verdict];
  return `<span aria-hidden="true" class="${verdict}">${sign}</span><span class="unseen"> ${words}</span>`;
}

function told(question, marked) {
  const verdict = verdictOf(marked);
  const [sign, words] = VERDICTS[verdict];
  const begun = marked.sentence.startsWith(words.slice(0, -1)); // "Right: ..."
  const sentence = (begun ? marked.sentence : `${words} ${marked.sentence}`).replace(/^[\p{L} ]+[.:]/u, "<strong>$&</strong>");
  const hints = new Map();
  for (const [name, hint] of Object.entries(marked.hints)) {
    hints.set(hint, [...(hints.get(hint) ?? []), question.cells[name].place]);
  }
  const items = [...hints].map(([hint, places]) => `<li><b>${places.join("; ")}</b>: ${hint}</li>`).join("");
  return `<p><span aria-hidden="true" class="${verdict}">${sign}</span> ${sentence}</p>${items && `<ul>${items}</ul>`}`;
}

function progress() {
  let [answered, score] = [0, 0];
  for (const question of questions) {
    const filled = Object.values(typed(question)).some((text) => text.replace(BLANKS, ""));
    const checked = kept.checked[question.number];
    const marked = checked && mark(question, checked);
    answered += filled;
    score += marked ? marked.credit * question.points : 0;
    const link = document.querySelector(`nav a[href="#q${question.number}"] span`);
    const blank = `<span class="unseen">, ${filled ? say("answered") : say("not answered")}</span>`;
    link.innerHTML = marked?.answered ? symbol(verdictOf(marked)) : `<span aria-hidden="true">${filled ? "•" : ""}</span>${blank}`;
  }
  const points = questions.reduce((sum, question) => sum + question.points, 0);
  const count = say("{answered} of {questions} answered", { answered, questions: questions.length });
  document.getElementById("answered").textContent = count;
  document.getElementById("score").textContent = say("{score} of {points} points", { score: short(score), points: short(points) });
  document.querySelector("progress").value = answered;
}

function short(number) {
  return String(Number(number.toFixed(2)));
}

function announce(words) {
  const region = document.getElementById("announced");
  region.textContent = "";
  setTimeout(() => (region.textContent = words), 60); // the same words twice are news only behind silence
}

function checkAll() {
  const marked = questions.map(check);
  const right = marked.filter(({ credit }) => credit === 1).length;
  const left = marked.filter(({ answered }) => !answered).length;
  const score = document.getElementById("score").textContent;
  const values = { right, left, questions: questions.length, score };
  const found = say("{right} of {questions} questions are right: {score}.", values);
  announce(left ? say("{right} of {questions} questions are right, {left} not answered: {score}.", values) : found);
}

function startAgain() {
  if (!confirm(say("Delete all answers on this page and start again?"))) return;
  kept = emptied();
  keep();
  for (const question of questions) {
    fill(question, {});
    show(question);
  }
  announce(say("All answers are deleted."));
}

function answersAsText() {
  const lines = [`version = ${quiz.version}`];
  for (const question of questions) {
    for (const [blank, text] of Object.entries(typed(question))) {
      const shown = text.replace(BLANKS, " ").trim();
      if (shown) lines.push(`${question.number}${blank && ` ${blank}`} = ${shown}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function saveAnswers() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([answersAsText()], { type: "text/plain" }));
  link.download = `answers-${quiz.version}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(say("Your answers are saved as {file}.", { file: link.download }));
}

for (const question of questions) {
  question.form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(question);
    const feedback = question.feedback.textContent.replace(/^\S+ /, "");
    announce(`${say("Question {number}", { number: question.number })}: ${feedback}`);
  });
  question.form.addEventListener("input", () => {
    kept.answers[question.number] = typed(question);
    keep();
    show(question);
  });
}
document.getElementById("check-all").addEventListener("click", checkAll);
document.getElementById("save").addEventListener("click", saveAnswers);
document.getElementById("again").addEventListener("click", startAgain);
remember();
reachScrolled();
