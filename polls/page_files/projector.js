// The hall's page: how to take part, what is asked, how many have answered; then what they answered, and the solution.

// Sizes of type, of the window's height.
const SMALLEST = 1 / 45; // that the last row can just read, so that all can be seen at once
const SCROLLED = 1 / 36; // where that is not enough, and the page scrolls
const LARGEST = 1 / 18;
const READABLE = 12; // pixels at least, however small the window is
const PRECISION = 0.25; // pixels
const CALM = 2_000; // milliseconds without a connection before the page says so
const SOON = 10; // seconds
const INSTRUCTIONS = {
  think: say("Think alone, then answer on your phone."),
  group: say("Discuss the question with your neighbours, then answer again."),
};
const NEW_NUMBERS = say("The numbers have changed: discuss the question with your neighbours, then answer.");

const page = document.documentElement;
const [title, instruction, question, results, solution] =
  ["title", "instruction", "question", "results", "solution"].map((id) => document.getElementById(id));
const [time, answered, code, address, connection] =
  ["time", "answered", "code", "address", "connection"].map((id) => document.getElementById(id));
const quizTitle = title.textContent;
let wanted = ""; // what the page is to show, or shows
let noting = 0;

async function begin() {
  try {
    const isLetIn = await enter("projector");
    if (isLetIn) return connect({ streamed: "/projector/stream", asked: "/projector/state", heard, connected });
    document.body.dataset.scene = "refused";
    instruction.textContent = say("This link is wrong: open the one that convgrade printed.");
    fit();
  } catch {
    connected(false);
    setTimeout(begin, CALM);
  }
}

function connected(is) {
  if (!is) return (noting ||= setTimeout(() => (connection.hidden = false), CALM));
  clearTimeout(noting);
  noting = 0;
  connection.hidden = true;
}

function heard(news) {
  count(news);
  const { question, phase, round, shown, results } = news;
  const scene = JSON.stringify([question, phase, round?.number, shown, results]);
  if (scene === wanted) return;
  wanted = scene;
  show(news, scene);
}

// What changes all the time: the time, and how many have answered.
function count({ phase, round, answered: given, present, address: where }) {
  const all = Math.max(given, present); // a phone that has answered may be asleep
  const sentence = phase === "waiting"
    ? say("Joined: {present}", { present })
    : say("Answered: {answered} of {present}", { answered: given, present: all });
  countDown(time, phase === "open" ? round.left : null, (seconds) => time.classList.toggle("soon", seconds <= SOON));
  if (answered.textContent !== sentence) answered.textContent = sentence;
  if (address.textContent === shortened(where)) return;
  address.textContent = shortened(where);
  code.src = `/code.svg?${encodeURIComponent(where)}`;
}

// An address as people type it.
function shortened(where) {
  return where.replace(/^http:\/\//, "");
}

async function show(news, scene) {
  const parts = await Promise.all(needed(news)).catch(() => null);
  if (scene !== wanted) return; // something newer has come
  if (parts) draw(news, ...parts);
  else setTimeout(() => scene === wanted && show(news, scene), CALM);
}

// The question and the solution, as far as they are shown.
function needed({ question, phase, round, shown }) {
  if (!["open", "closed"].includes(phase)) return [];
  return [fetchQuestion(question, round.form), shown === "solution" ? fetchSolution(question, round.form) : undefined];
}

function draw(news, asked, solved) {
  const { question: number, questions, phase, shown } = news;
  const answers = phase === "closed" && shown !== "nothing";
  document.body.dataset.scene = answers ? shown : phase;
  title.textContent = asked ? say("Question {question} of {questions}", { question: number, questions }) : quizTitle;
  instruction.textContent = instructed(news);
  for (const part of [question, results, solution]) part.replaceChildren();
  if (asked) (answers ? showStem : showQuestion)(question, asked);
  if (answers) showResults(results, news.results, asked.several);
  if (solved) showSolution(solution, solved);
  document.querySelector(".picture")?.style.setProperty("--width", asked.width);
  scrollTo(0, 0);
  fit();
}

function instructed({ question, phase, round, shown }) {
  if (phase === "open") return round.is_new ? NEW_NUMBERS : INSTRUCTIONS[round.name];
  if (phase === "closed") return shown === "nothing" ? say("This round is closed.") : "";
  if (phase === "ended") return say("The poll has ended. Thank you for taking part.");
  return question === 1 ? say("Open this address on your phone.") : say("The next question comes soon.");
}

// Choose the layout that cuts nothing off at the side, and with which most can be seen at once, in the largest type.
function fit() {
  const worse = (one, other) => one.isCut - other.isCut || one.unseen - other.unseen || other.size - one.size;
  const [best] = [1, 2].map(fitted).sort(worse);
  lay(best.columns, best.size);
  reachScrolled();
}

// Find the largest type with which all can be seen at once in so many columns; where there is none, the page scrolls.
function fitted(columns) {
  const side = Math.max(Math.min(innerHeight, innerWidth), READABLE / SMALLEST);
  const fits = (size) => {
    lay(columns, size);
    return !overflows();
  };
  let [size, above] = [side * SMALLEST, side * LARGEST];
  if (!fits(size)) return { columns, size: lay(columns, side * SCROLLED), unseen: page.scrollHeight, isCut: isCut() };
  while (above - size > PRECISION) {
    const middle = (size + above) / 2;
    if (fits(middle)) size = middle;
    else above = middle;
  }
  return { columns, size, unseen: 0, isCut: false };
}

function lay(columns, size) {
  document.body.dataset.columns = columns;
  page.style.fontSize = `${size}px`;
  return size;
}

function overflows() {
  return page.scrollHeight > innerHeight || isCut();
}

function isCut() {
  return [page, ...document.querySelectorAll(".scroll")].some((box) => box.scrollWidth > box.clientWidth);
}

addEventListener("resize", fit);
begin();
