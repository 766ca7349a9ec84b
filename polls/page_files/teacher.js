// The teacher's page: where the poll stands, the next step as one large button, the other steps, and what the hall has
// answered. A module: its names are its own.

const FIRST = 0; // the forms of a question
const OTHER = 1;
const READING = 400; // milliseconds that it takes to see a new state: a double click's second click is not meant for it
const [NOTHING, ANSWERS, SOLUTION] = [0, 1, 2]; // what the hall sees
const ONLY_YOU = { nothing: say("Only you see this."), answers: say("Only you see which are right."), solution: "" };
const at = (id) => document.getElementById(id);
const primary = document.querySelector("#primary button");
let news = null;
let isConnected = false;
let isSending = false;
let awaited = 0; // steps that our last act led to: news of an earlier state are old
let changed = 0; // when something was done, here or on another page

// What each step asks of the server, when it can be taken, and why not where that must be said.
const STEPS = {
  think: { when: () => news.phase === "waiting", asks: () => opens(FIRST) },
  group: { when: asksAgain, asks: () => opens(FIRST), unless: isSolved },
  "other group": { when: asksAgain, asks: () => opens(OTHER), unless: isAlike },
  close: { when: isOpen, asks: () => ({ act: "close" }) },
  "30 more": { when: takesTime, asks: () => ({ act: "more", seconds: 30 }) },
  "60 more": { when: takesTime, asks: () => ({ act: "more", seconds: 60 }) },
  answers: { when: () => isClosed() && news.shown !== "answers", asks: () => shows(ANSWERS) },
  solution: { when: () => isClosed() && news.shown !== "solution", asks: () => shows(SOLUTION) },
  hide: { when: () => isClosed() && news.shown !== "nothing", asks: () => shows(NOTHING) },
  previous: { when: () => goes() && news.question > 1, asks: () => goesTo(news.question - 1) },
  question: { when: () => goes() && news.question < news.questions, asks: () => goesTo(news.question + 1) },
  end: { when: goes, asks: () => ({ act: "end" }), warns: say("End the poll? Nobody will be able to answer after that.") },
};

// The steps of a lecture that is shown again.
const REPLAY = {
  skip: { when: goesOn, asks: () => ({ act: "next" }) },
  pause: { when: () => goesOn() && !news.replay.paused, asks: () => ({ act: "pause" }) },
  resume: { when: () => goesOn() && news.replay.paused, asks: () => ({ act: "go on" }) },
  slower: { when: goesOn, asks: () => ({ act: "slower" }) },
  faster: { when: goesOn, asks: () => ({ act: "faster" }) },
};

function goesOn() {
  return !news.replay.over;
}

function stepOf(name) {
  return (news.replay ? REPLAY : STEPS)[name];
}

function isOffered(name) {
  return Boolean(stepOf(name)?.when());
}

// Return why a step that is offered is barred nevertheless, in words; "" if it is not.
function barOf(name) {
  return (isOffered(name) && stepOf(name).unless?.()) || "";
}

function isSolved() {
  return news.solved && say("The hall has seen the solution: choose other numbers.");
}

function isAlike() {
  return news.alike && say("There are no other numbers.");
}

function isOpen() {
  return news.phase === "open";
}

function isClosed() {
  return news.phase === "closed";
}

function asksAgain() {
  return isClosed() && news.results.length === 1;
}

function takesTime() {
  return (isOpen() || isClosed()) && !news.seen;
}

function goes() {
  return news.phase === "waiting" || isClosed();
}

function jumps() {
  return goes() && !news.replay;
}

function jumpTo(question) {
  if (question && jumps()) act(goesTo(question));
}

// The browser says what is wrong with the seconds.
function opens(form) {
  return at("seconds").reportValidity() && { act: "open", value: form, seconds: at("seconds").valueAsNumber };
}

function shows(what) {
  return { act: "show", value: what };
}

function goesTo(question) {
  return { act: "go", value: question - 1 }; // which the server counts from 0
}

// What keys do, and where they have a meaning of their own.
const FIELDS = 'input:not([type="radio"])';
const USED = "button, summary, a, input";
const KEYS = {
  PageDown: { does: takeNext, leaves: FIELDS },
  " ": { does: takeNext, leaves: USED },
  Enter: { does: takeNext, leaves: USED },
  "+": { does: () => take("30 more"), leaves: FIELDS },
  "?": { does: () => at("keys").showModal(), leaves: FIELDS },
};

async function act(asked) {
  if (!isReady()) return;
  put("refused", "");
  isSending = true;
  enable();
  try {
    const { ok, content } = await send("/teacher/act", { value: 0, seconds: 0, ...asked, seen: news.steps });
    if (ok) awaited = content.steps;
    else put("refused", content.error ?? say("The server has failed. Try again."));
  } catch {
    put("refused", say("No connection: check whether it worked, and try again if not."));
  }
  isSending = false;
  enable();
}

function take(name) {
  if (!isReady() || !isOffered(name) || barOf(name)) return;
  const { asks, warns } = stepOf(name);
  const asked = asks();
  if (asked && (!warns || confirm(warns))) act(asked);
}

function takeNext() {
  if (news?.next) take(news.next);
}

function isReady() {
  return isConnected && !isSending && news !== null && news.steps >= awaited && performance.now() >= changed + READING;
}

// Buttons keep the focus while they cannot be used.
function enable() {
  for (const button of document.querySelectorAll("[data-step], [data-question]")) {
    const isBarred = button.dataset.step ? barOf(button.dataset.step) !== "" : !jumps();
    button.setAttribute("aria-disabled", String(!isReady() || isBarred));
  }
}

function heard(latest) {
  const before = news;
  news = latest;
  at("poll").hidden = false;
  if (before?.steps !== news.steps) {
    changed = performance.now();
    setTimeout(enable, READING + 1);
  }
  if (before?.question !== news.question || before?.results.length !== news.results.length) begin();
  showState();
  showSteps();
  showAnswers(before);
  showOverview(before);
  preview();
  enable();
}

// Another question, or another round of it.
function begin() {
  at("seconds").value = news.seconds[news.results.length ? "group" : "think"];
  const form = news.round?.form ?? FIRST;
  for (const input of document.getElementsByName("form")) input.checked = Number(input.value) === form;
}

function showState() {
  const { question, round } = news;
  put("where", `${say("Question {question} of {questions}", news)}: ${stands()}`);
  put("title", news.overview[question - 1].title);
  put("answered", round ? answered() : say("Phones connected: {present}", news));
  put("advice", advice());
  put("warning", news.warning);
  put("pace", pace());
  put("address", news.address);
  countDown(at("clock"), round?.left ?? null);
}

// Who has answered may have gone since.
function answered() {
  return say("Answered: {answered} of {present}", { ...news, present: Math.max(news.present, news.answered) });
}

function stands() {
  if (news.phase === "ended") return say("the poll has ended");
  if (news.phase === "waiting") return say("not asked yet");
  if (isOpen()) return news.round.name === "think" ? say("round 1 is open, alone") : say("round 2 is open, in groups");
  if (news.shown === "answers") return say("closed, answers shown");
  if (news.shown === "solution") return say("closed, solution shown");
  return say("closed, nothing shown");
}

function pace() {
  if (!news.replay) return "";
  return news.replay.over ? say("The replay is over.") : say("This is a replay at {speed}× speed.", news.replay);
}

function advice() {
  if (news.phase === "ended") return say("The report is in the poll's folder: poll.html. Stop the command with Ctrl-C.");
  if (news.replay || !isClosed() || (news.solved && news.advice !== "explain")) return "";
  const again = news.round.name === "group";
  switch (news.advice) {
    case "explain":
      if (again) return say("70% or fewer are right even after the discussion: explain the solution.");
      if (news.alike) return say("Fewer than 30% are right, too few for a discussion: explain the solution.");
      return say("Fewer than 30% are right, too few for a discussion: explain the solution, then ask again with other numbers.");
    case "discuss":
      return say("Between 30% and 70% are right: let them convince each other, in groups.");
    case "go on":
      if (again) return say("More than 70% are right after the discussion: show the solution and go on.");
      return say("More than 70% are right, a discussion adds little: show the solution and go on.");
    case "":
      return say("Nobody has answered.");
  }
}

function showSteps() {
  for (const button of document.querySelectorAll("#steps [data-step]")) {
    button.hidden = !isOffered(button.dataset.step) || button.dataset.step === news.next;
  }
  at("time").hidden = !isOffered("think") && !isOffered("group");
  put("no-group", barOf("group"));
  put("no-other-group", barOf("other group"));
  if (primary.dataset.step === news.next) return;
  primary.dataset.step = news.next;
  primary.textContent = document.querySelector(`#steps [data-step="${news.next}"]`)?.textContent ?? "";
  primary.hidden = !news.next;
}

function showAnswers(before) {
  at("told").hidden = !news.results.length;
  put("only-you", ONLY_YOU[news.shown]);
  if (JSON.stringify([before?.results, before?.moves]) === JSON.stringify([news.results, news.moves])) return;
  at("shares").replaceChildren(...news.results.filter((round) => round.answered).map(share));
  showResults(at("results"), news.results);
  at("moves").replaceChildren(...(news.moves ? [moved(news.moves)] : []));
}

function share({ name, right, answered }) {
  const part = (right / answered).toLocaleString(document.documentElement.lang, { style: "percent" });
  const values = { share: part, right, answered };
  return paragraph(
    name === "think"
      ? say("Round 1: {share} right ({right} of {answered})", values)
      : say("Round 2: {share} right ({right} of {answered})", values),
  );
}

function moved(moves) {
  const people = moves.stayed_right + moves.to_right + moves.to_wrong + moves.stayed_wrong;
  return paragraph(
    say("{people} answered both rounds: {to_right} moved from wrong to right, {to_wrong} from right to wrong, {stayed_right} stayed right, {stayed_wrong} stayed wrong.", {
      ...moves,
      people,
    }),
  );
}

function showOverview(before) {
  const list = at("overview");
  if (before?.question === news.question && JSON.stringify(before.overview) === JSON.stringify(news.overview)) return;
  if (list.children.length !== news.overview.length) list.replaceChildren(...news.overview.map(line));
  const asked = ["", say("one round"), say("two rounds")];
  news.overview.forEach(({ title, rounds }, place) => {
    const button = list.children[place].firstChild;
    button.textContent = rounds ? `${title}, ${asked[rounds]}` : title;
    if (place + 1 === news.question) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

function line(_, place) {
  const made = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.question = place + 1;
  made.append(button);
  return made;
}

let previewed = "";

// Show the question as the hall gets it, and for the teacher its key.
async function preview() {
  const form = Number(document.querySelector('[name="form"]:checked').value);
  const name = `${news.question}.${form}`;
  at("forms").hidden = news.alike;
  at("alike").hidden = !news.alike;
  if (name === previewed) return;
  previewed = name;
  try {
    const { question } = news;
    const [asked, solution] = await Promise.all([fetchQuestion(question, form), fetchSolution(question, form)]);
    if (name !== previewed) return; // the poll has moved on
    showQuestion(at("question"), asked);
    showSolution(at("solution"), solution);
    reachScrolled();
  } catch {
    previewed = ""; // and the next news try again
  }
}

// Put words where they are not yet; a place without words is not shown.
function put(id, words) {
  if (at(id).textContent !== words) at(id).textContent = words;
  at(id).hidden = !words;
}

function connected(is) {
  isConnected = is;
  put("lost", is ? "" : say("No connection to the poll: trying again. The buttons work again once it is back."));
  if (news) enable();
}

function press(event) {
  if (at("keys").open || !at("uses-keys").checked || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = KEYS[event.key];
  if (!key || event.target.closest(key.leaves)) return;
  event.preventDefault();
  if (!event.repeat) key.does();
}

// Enter ends typing; a second Enter is the next step.
function leaveField(event) {
  if (event.key !== "Enter") return;
  event.preventDefault(); // or it would press the button that gets the focus
  primary.focus();
}

async function start() {
  try {
    if (!(await enter("teacher"))) return put("lost", say("This link is wrong: open the one that convgrade printed."));
  } catch {
    connected(false);
    return setTimeout(start, pauseAfter(2));
  }
  connect({ streamed: "/teacher/stream", asked: "/teacher/state", heard, connected });
}

document.addEventListener("keydown", press);
primary.addEventListener("click", takeNext);
at("steps").addEventListener("click", ({ target }) => target.dataset.step && take(target.dataset.step));
at("overview").addEventListener("click", ({ target }) => jumpTo(Number(target.dataset.question)));
at("forms").addEventListener("change", preview);
at("seconds").addEventListener("keydown", leaveField);
at("about-keys").addEventListener("click", () => at("keys").showModal());
at("close-keys").addEventListener("click", () => at("keys").close());
start();
