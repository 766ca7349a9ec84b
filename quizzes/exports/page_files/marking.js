// What an answer is worth: quizzes/grading/marking.py and spreading.py once more, case for case.

const SHOWN = 3; // places and texts that a sentence names
const ROWS = / \/ |[;|()[\]]+/;
const CELLS = [/ *, +| +/, /[ ,]+/]; // a comma alone parts numbers only where decimals do not fit

// credit: from 0 to 1. sentence, hints: HTML. cells: of a grid, which blanks are right. readable: something was meant.
function mark(question, given) {
  if (Object.values(given).every((text) => !text.replace(BLANKS, ""))) {
    return { credit: 0, sentence: say("Not answered."), cells: {}, hints: {}, answered: false, readable: false };
  }
  const marked = { number: markNumber, grid: markGrid, choice: markChoice }[question.kind](question, given);
  return { cells: {}, hints: {}, answered: true, readable: true, ...marked };
}

function markNumber(question, given) {
  const values = amounts(given[""], question.unit);
  if (!values.length) return { credit: 0, sentence: notANumber(given[""]), readable: false };
  const right = values.filter((value) => near(value, question.key, question.tolerance));
  const meant = values.find((value) => value in question.wrong && !right.includes(value));
  if (right.length && meant !== undefined) return { credit: 0, sentence: twoNumbers(given[""], values), readable: false };
  if (right.length) return { credit: 1, sentence: say("Right.") };
  return { credit: 0, sentence: meant === undefined ? say("Wrong.") : question.wrong[meant] };
}

// Whether two numbers, as `readings` writes them, lie no further apart than a third.
function near(one, other, tolerance) {
  const [[a, b], [c, d], [e, f]] = [one, other, tolerance].map((each) => each.split("/").concat("1").map(BigInt));
  const apart = a * d - c * b;
  return (apart < 0n ? -apart : apart) * f <= e * b * d;
}

function markGrid(question, given) {
  const names = Object.keys(question.cells);
  const [texts, refused] = spread(question, given);
  const read = Object.fromEntries(names.map((name) => [name, readings(texts[name])]));
  const double = names.filter((name) => {
    const known = [question.cells[name].key, ...question.wrong.map(({ answer }) => answer[name])];
    return read[name].filter((value) => known.includes(value)).length > 1;
  });
  const isRight = (name) => read[name].includes(question.cells[name].key) && !double.includes(name);
  const cells = Object.fromEntries(names.map((name) => [name, isRight(name)]));
  const wrong = names.filter((name) => !cells[name]);
  const credit = (names.length - wrong.length) / names.length;
  if (credit === 1) return { credit, cells, sentence: say("Right.") };
  const whole = question.wrong.find(({ answer }) => names.every((name) => read[name].includes(answer[name])));
  if (whole) return { credit, cells, sentence: whole.hint };
  const hints = {};
  for (const name of wrong.filter((name) => !double.includes(name))) {
    const believed = question.cells[name].believed;
    const meant = read[name].find((value) => value in believed);
    if (meant !== undefined) hints[name] = question.wrong[believed[meant]].hint;
  }
  const places = placesOf(wrong.map((name) => question.cells[name].place));
  const right = names.length - wrong.length;
  const unread = names.filter((name) => texts[name].replace(BLANKS, "") && !read[name].length);
  const named = [...unread.map((name) => notANumber(texts[name])), ...double.map((name) => twoNumbers(texts[name], read[name]))];
  const found = say("{right} of {cells} cells are right; look at {places}.", { right, cells: names.length, places });
  const sentences = [found, ...refused, ...named.slice(0, SHOWN)];
  const readable = names.some((name) => read[name].length);
  return { credit, cells, hints, sentence: [...new Set(sentences)].join(" "), readable };
}

// The text in each cell, and what does not fit: a single text with a number for each cell is the whole grid.
function spread(question, given) {
  const names = Object.keys(question.cells);
  const texts = Object.fromEntries(names.map((name) => [name, given[name] ?? ""]));
  const filled = names.filter((name) => texts[name].replace(BLANKS, ""));
  const text = texts[filled[0]];
  const rows = [...new Set(names.map(rowOf))].map((row) => names.filter((name) => rowOf(name) === row));
  const parts = filled.length === 1 && names.length > 1 ? partsOf(text, rows) : [];
  if (!parts.length || !parts.every((part) => readings(part).length)) return [texts, []];
  if (!readings(text).length) return [Object.fromEntries(names.map((name, place) => [name, parts[place]])), []];
  texts[filled[0]] = "";
  return [texts, [say("“{text}” could be one number or {count}.", { text: shown(text), count: names.length })]];
}

function rowOf(name) {
  return name.split("c")[0];
}

function partsOf(text, rows) {
  const wanted = rows.map((row) => row.length);
  const lines = plain(text).split(ROWS).map((line) => line.replace(/^[ ,]+|[ ,]+$/g, "")).filter(Boolean);
  for (const parting of CELLS) {
    const parts = lines.map((line) => line.split(parting));
    const found = parts.flat();
    const whole = [1, found.length].includes(parts.length) || String(parts.map((part) => part.length)) === String(wanted);
    if (found.length === rows.flat().length && whole && !found.includes("+") && !found.includes("-")) return found;
  }
  return [];
}

function markChoice(question, given) {
  const ticked = given[""].split(" ").map((letter) => question.options[letter.charCodeAt(0) - 65]);
  const right = question.options.filter((option) => ticked.includes(option) === option.right).length;
  const sentences = (options) => options.map((option) => option.sentence).join(" ");
  if (right === question.options.length) {
    return { credit: 1, sentence: question.several ? say("Right.") : sentences(ticked) || say("Right.") };
  }
  // Each option is a question of its own; what was guessed cancels out.
  const credit = question.several ? Math.max(0, (2 * right) / question.options.length - 1) : 0;
  return { credit, sentence: sentences(ticked.filter((option) => !option.right)) || say("Something is missing.") };
}

function placesOf(named) {
  const places = named.slice(0, SHOWN).join("; ");
  return named.length > SHOWN ? say("{places} and {count} more", { places, count: named.length - SHOWN }) : places;
}

function notANumber(text) {
  return say("“{text}” is not a number.", { text: shown(text) });
}

// What to say where a text may mean the key, and a wrong answer too.
function twoNumbers(text, values) {
  const [one, other] = values.map((value) => value.split("/")).map(([above, below = 1]) => Number((above / below).toFixed(2)));
  return say("“{text}” could mean {one} or {other}: write it without a thousands separator.", { text: shown(text), one, other });
}

// The beginning of what somebody typed, on one line, as HTML.
function shown(text) {
  const line = Array.from(trimmed(text.replace(BLANKS, " "))).slice(0, LONGEST).join("");
  return line.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
