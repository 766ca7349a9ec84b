// The phone's page: one question at a time, an answer that may change until the round closes, and what became of it.

const PAUSE = { number: 1_000, grid: 1_000, choice: 300 }; // milliseconds from the last key to sending
const WARNED_AT = 30; // seconds left
const NAMED = 2; // empty blanks
const INSTRUCTIONS = {
  think: say("Answer on your own."),
  group: say("Discuss the question with your neighbours, then answer again."),
};
const NEW_NUMBERS = say("The numbers have changed: discuss the question with your neighbours, then answer.");
const RIGHT = ["✓", "right", say("Right.")];
const PARTLY = ["◐", "partly", say("Partly right.")];
const WRONG = ["✗", "wrong", say("Wrong.")];

const part = (id) => document.getElementById(id);
const form = part("answer");
let news = null; // what the server has said last
let outbox = null; // from the first news on
let question = null; // what is asked in the round `shown`
let shown = 0; // the number of the round that is on the page
let awaited = 0; // the number of the round whose question is on its way
let joined = part("join") ? null : true; // null until the server says whether it knows who this is
let verdicts = []; // on this phone's answers to the last question whose solution was shown: {round, credit, sentence}
let judged = 0; // the question that they belong to
let closing = 0; // when the round closes, by this page's clock
let pause = 0; // a timer, while something is typed that is not sent

// What the server says.

function heard(latest) {
  if (news && latest.poll !== news.poll) return location.reload();
  if (news && latest.steps < news.steps) return; // overtaken on its way
  const before = news;
  news = latest;
  closing = performance.now() + 1000 * (news.round?.left ?? 0);
  if (!outbox) begin();
  if (news.phase === "open") outbox.reopen(news.round.number);
  // The same student may have answered on another device.
  if (part("join") && before?.phase === "open" && news.phase === "closed") refresh();
  judge();
  show();
  if (before && before.steps !== news.steps) announceStep();
}

function begin() {
  outbox = new Outbox(news.poll, { changed: showAnswer, outdated: refresh, stranger: () => join(false) });
  part("forgets").hidden = !drawer.forgets;
  refresh();
}

// Ask what the server has of this phone, until it answers.
async function refresh() {
  const state = await get("/state", { "Convgrade-Key": outbox.key }).catch(() => null);
  if (!state || state.steps < news.steps) return setTimeout(refresh, LONGEST_PAUSE * (0.5 + Math.random()));
  recognise(state);
  heard(state);
}

function recognise({ answers, joined: is, phase, round }) {
  join(is);
  verdicts = answers.filter(({ credit }) => credit !== undefined);
  outbox.reconcile(answers, phase === "open" ? round.number : 0);
}

// Ask for the verdicts on this phone's answers, once for each time that a solution is shown.
function judge() {
  const wanted = news.shown === "solution" ? news.question : 0;
  if (wanted && wanted !== judged) refresh();
  judged = wanted;
}

// What is on the page.

function show() {
  const { phase, round } = news;
  if (round) ask(news.question, round);
  const isAsked = joined && isHere();
  part("waiting").hidden = isAsked || joined === false;
  part("waiting").textContent = waitingFor(news);
  part("question").hidden = !isAsked;
  part("shown").hidden = !isAsked || news.shown === "nothing";
  countDown(part("time"), isAsked && phase === "open" ? (closing - performance.now()) / 1000 : null, tick);
  if (isAsked) showRound();
  showAnswer();
}

// Whether the round that the server speaks of is on the page.
function isHere() {
  return news.phase !== "ended" && news.round?.number === shown;
}

function waitingFor({ phase, round, question, questions }) {
  if (phase === "ended") return say("The poll has ended. Thank you for taking part.");
  if (round) return say("Loading the question …");
  if (question === 1) return say("You are in. The first question appears here as soon as it opens.");
  return say("Question {question} of {questions} appears here as soon as it opens.", { question, questions });
}

// Fetch what is asked in a round, until it is here or another round is.
async function ask(number, round) {
  if (awaited === round.number) return;
  awaited = round.number;
  for (let failures = 0; awaited === round.number && shown !== round.number; failures++) {
    try {
      const fetched = await fetchQuestion(number, round.form);
      if (awaited === round.number) put(fetched, round);
    } catch {
      await pauseOf(failures);
    }
  }
}

function pauseOf(failures) {
  return new Promise((done) => setTimeout(done, pauseAfter(failures)));
}

function put(fetched, round) {
  question = fetched;
  shown = round.number;
  showStem(part("stem"), question);
  buildBlanks(form, question);
  fill(form, question, outbox.answer(shown).given);
  show();
  reachScrolled();
  scrollTo(0, 0);
  if (news.phase === "open") announce(`${part("heading").textContent}. ${part("instruction").textContent}`);
}

function showRound() {
  part("heading").textContent = say("Question {question} of {questions}", news);
  part("instruction").textContent = instruction();
  form.classList.toggle("closed", !isOpen());
  for (const input of form.querySelectorAll("input")) input.disabled = !isOpen();
  if (isOther(part("results"), JSON.stringify(news.results))) showResults(part("results"), news.results, question.several);
  const told = news.shown === "solution" ? news.results.map(verdictOf).join("") : "";
  if (isOther(part("verdicts"), told)) part("verdicts").innerHTML = told;
  if (isOther(part("solution"), news.shown === "solution" ? nameOf(news) : "")) showSolutionOf(news);
}

// Whether an element holds something else by now. What it holds stays as it is, for those who read or scroll there.
function isOther(element, content) {
  if (element.dataset.content === content) return false;
  element.dataset.content = content;
  return true;
}

function instruction() {
  if (news.replay) return say("This is a replay: it takes no answers.");
  if (!isOpen()) return say("This round is closed.");
  return news.round.is_new ? NEW_NUMBERS : INSTRUCTIONS[news.round.name];
}

async function showSolutionOf({ question: number, round }) {
  const element = part("solution");
  const name = element.dataset.content;
  element.replaceChildren();
  for (let failures = 0; name && element.dataset.content === name; failures++) {
    try {
      const solution = await fetchSolution(number, round.form);
      if (element.dataset.content === name) showSolution(element, solution);
      return reachScrolled();
    } catch {
      await pauseOf(failures);
    }
  }
}

// What became of this phone's answer in a round; nothing where it gave none, or does not know yet.
function verdictOf({ round, name }) {
  const found = verdicts.find((one) => one.round === round);
  if (!found) return "";
  const { credit, sentence } = found;
  const [sign, kind, words] = credit === 1 ? RIGHT : credit ? PARTLY : WRONG;
  const told = sentence.startsWith(words.slice(0, -1)) ? sentence : `${words} ${sentence}`; // "Right: ..."
  const of = news.results.length > 1 ? `<b>${ROUNDS[name]}:</b> ` : "";
  return `<p><b class="${kind}" aria-hidden="true">${sign}</b> ${of}${told}</p>`;
}

// My answer.

function isOpen() {
  return isHere() && news.phase === "open" && !news.replay;
}

// Send what stands in the form, if it has changed.
function commit() {
  clearTimeout(pause);
  pause = 0;
  const given = read(form, question);
  if (isSame(given, outbox.answer(shown).given) || length(given) > LONGEST) return showAnswer();
  outbox.put(shown, given, nameOf(news));
}

// What is asked, in which numbers.
function nameOf({ question: number, round }) {
  return `${number}.${round.form}`;
}

function length(given) {
  return Object.values(given).join("").length;
}

form.addEventListener("input", () => {
  clearTimeout(pause);
  if (question.kind === "choice" && !question.several) return commit();
  pause = setTimeout(commit, PAUSE[question.kind]);
  showAnswer();
});
form.addEventListener("focusout", () => pause && commit());
document.addEventListener("visibilitychange", () => document.hidden && pause && commit());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  commit();
  if (isEmpty(read(form, question))) form.querySelector("input").focus();
});

// What became of it, for the eyes and for the ears.
function showAnswer() {
  if (question && !pause) fill(form, question, outbox.answer(shown).given); // another tab may have changed it
  showBefore();
  const [fate, words] = told();
  const status = part("status");
  if (words && status.textContent !== words && !pause && fate !== "sending") announce(words);
  status.dataset.fate = fate;
  status.textContent = words;
  status.hidden = !words;
}

function told() {
  if (!isHere()) return toldOfLast();
  const fate = outbox.fate(shown);
  const given = read(form, question);
  if (length(given) > LONGEST) return ["faulty", say("An answer has at most {count} characters.", { count: LONGEST })];
  if (isOpen() && !isSame(given, outbox.answer(shown).given)) return ["changed", say("Not sent yet.")];
  if (!fate) return ["", isOpen() || news.replay ? "" : say("You did not answer in this round.")];
  return [fate, [wordsFor(fate, shown), ...(isOpen() ? stillEmpty(missing(question, given)) : [])].join(" ")];
}

function stillEmpty(places) {
  const named = places.slice(0, NAMED).join("; ");
  const more = places.length - NAMED;
  const listed = more > 0 ? say("{places} and {count} more", { places: named, count: more }) : named;
  return listed ? [say("Still empty: {places}.", { places: listed })] : [];
}

// While nothing is asked: what may still become of the last answer.
function toldOfLast() {
  const fate = outbox.fate(outbox.last);
  return ["late", "unsent"].includes(fate) ? [fate, wordsFor(fate, outbox.last)] : ["", ""];
}

function wordsFor(fate, round) {
  const { given, kept, error } = outbox.answer(round);
  switch (fate) {
    case "sending":
      return say("Sending …");
    case "unsent":
      if (outbox.trouble) return `${say("Not sent yet.")} ${outbox.trouble}`;
      return say("Not sent yet: no connection. Your answer is kept.");
    case "kept":
      if (isEmpty(given)) return say("Received: your answer is empty.");
      return say("✓ Received: {answer}", { answer: brief(given) });
    case "late":
      return kept
        ? say("This round closed before your change arrived. What counts: {answer}", { answer: brief(kept.given) })
        : say("This round closed before your answer arrived, so it does not count.");
    case "faulty":
      return error || say("This answer can't be accepted: please change it.");
  }
}

// In the second round: the answer of the first one, where the same is asked.
function showBefore() {
  const given = isOpen() && !outbox.answer(shown).change ? outbox.before(shown, nameOf(news)) : null;
  part("before").hidden = !given;
  if (given) part("before").firstElementChild.textContent = say("Your first answer: {answer}", { answer: brief(given) });
}

part("before").querySelector("button").addEventListener("click", () => {
  fill(form, question, outbox.before(shown, nameOf(news)));
  commit();
  form.querySelector("input:checked, input").focus();
});

// Who I am, where a course has a list.

function join(is) {
  if (is === joined) return;
  joined = is;
  part("join").hidden = is;
  if (is) outbox.release();
  else outbox.renewKey();
  show();
}

part("join")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [input, error] = [part("code"), part("code-error")];
  const { ok, content } = await send("/join", { key: outbox.key, code: input.value }).catch(() => ({}));
  if (ok) return refresh();
  error.textContent = content?.error ?? say("That did not work. Please try again.");
  input.setAttribute("aria-invalid", "true");
  input.focus();
});

// What is said aloud.

function announce(words) {
  const region = part("announced");
  region.textContent = "";
  setTimeout(() => (region.textContent = words), 60); // the same words twice are news only behind silence
}

function announceStep() {
  if (news.phase === "ended") announce(part("waiting").textContent);
  else if (news.shown === "solution") announce(say("The solution is shown."));
  else if (news.shown === "answers") announce(say("The answers are shown."));
  else if (news.phase === "closed") announce(`${say("This round is closed.")} ${part("status").textContent}`);
}

function tick(seconds) {
  if (seconds === WARNED_AT) announce(say("{seconds} seconds left", { seconds }));
  if (!seconds && pause) commit();
}

const watched = watchConnection({ notice: part("lost"), move: part("move"), handOver: handedOver, announce });

connect({
  streamed: "/stream",
  asked: "/state",
  heard,
  connected(is) {
    watched(is);
    if (is) outbox?.flush();
  },
});
