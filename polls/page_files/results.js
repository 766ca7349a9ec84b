// How a hall answered: a bar for each answer and round, the rounds side by side.

const ROUNDS = { think: say("Alone"), group: say("In groups") };
const NUMBERS = [say("first numbers"), say("other numbers")]; // by form

// Show the results of a question's rounds. Rounds in different forms stand side by side once their answers have a meaning
// in common; until then each has a list of its own. several: whether people may tick several options.
function showResults(element, results, several = false) {
  const isWhole = results.some((round) => "right" in round);
  const isSame = new Set(results.map((round) => round.form)).size < 2;
  const lists = isWhole || isSame ? [results] : results.map((round) => [round]);
  element.replaceChildren(...lists.map((rounds) => listOf(rounds, several, isSame)));
}

function listOf(rounds, several, isSame) {
  const rows = (rounds[0]?.bars ?? []).map((_, place) => rowOf(rounds, place));
  const box = document.createElement("div");
  box.className = "results";
  box.style.setProperty("--rounds", rounds.length);
  const headings = rounds.map((round) => `<span>${headingOf(round, several, isSame)}</span>`).join("");
  box.innerHTML = `<div class="rounds row" aria-hidden="true"><span></span>${headings}</div>
    ${rows.length ? `<ul>${rows.join("")}</ul>` : `<p class="row">${say("Nobody has answered.")}</p>`}`;
  for (const fill of box.querySelectorAll(".fill")) fill.style.width = `${fill.dataset.width}%`;
  return box;
}

function headingOf({ name, form, answered, right }, several, isSame) {
  const numbers = isSame ? "" : `${NUMBERS[form]}, `;
  const counted = answered === 1 ? say("1 answer") : say("{answered} answers", { answered });
  const whole = several && right !== undefined ? `, ${say("{right} fully right", { right })}` : "";
  return `<b>${ROUNDS[name]}</b> <span class="soft">${numbers}${counted}${whole}</span>`;
}

// A row: what was answered, how often in each round, and what that means.
function rowOf(rounds, place) {
  const bars = rounds.map((round) => round.bars[place]);
  const isSame = bars.every(({ letter, answer }) => letter === bars[0].letter && answer === bars[0].answer);
  const right = bars.some((bar) => bar.right);
  const given = right || bars.some((bar) => bar.count);
  const sentence = (given && bars.findLast((bar) => bar.sentence && bar.sentence !== say("Right."))?.sentence) || "";
  const mark = right ? `<span class="mark" aria-hidden="true">✓</span><span class="unseen">${say("Right")}: </span>` : "";
  const named = isSame ? answerOf(bars[0]) : sentence || (right ? say("Right") : say("Another answer"));
  const below = isSame ? sentence : "";
  const cells = bars.map((bar, nth) => barOf(bar, rounds[nth], isSame)).join("");
  const meaning = below && `<p class="meaning">${below}</p>`;
  return `<li class="row${right ? " right" : ""}">
    <div class="answer">${mark}<span class="scroll">${named}</span></div>${cells}${meaning}</li>`;
}

function answerOf({ letter, answer }) {
  return `${letter && `<b>${letter}</b> `}<bdi>${answer}</bdi>`;
}

function barOf(bar, { name, answered }, isSame) {
  if (!bar.answer) return `<div class="round"></div>`; // this form has no such answer
  const share = answered ? bar.count / answered : 0;
  const written = share.toLocaleString(document.documentElement.lang, { style: "percent" });
  const own = isSame ? "" : `<span class="own">${answerOf(bar)}</span>`;
  return `<div class="round"><span class="name">${ROUNDS[name]}: </span>${own}
    <span class="track"><span class="fill" data-width="${100 * share}"></span></span>
    <span class="count"><b>${bar.count}</b> ${written}</span></div>`;
}
