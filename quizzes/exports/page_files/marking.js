// What a typed answer means, and what it is worth: quizzes/marking.py once more, case for case.

const LONGEST = 40; // characters of a typed number
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"; // Python's \s
const BLANKS = new RegExp(`${BLANK}+`, "g");
const MINUS = /[\u2010\u2011\u2013\u2014\u2212]/g;

// The numbers that a text can mean, written as Python writes a Fraction: none, one, or for 1,024 two.
function readings(text) {
  text = firstOf(text, 2 * LONGEST).normalize("NFKC");
  text = text.replace(BLANKS, "").replace(/['\u2019]/g, "").replace(MINUS, "-");
  if (text.length > LONGEST || !/^[\x00-\x7f]*$/.test(text)) return [];
  if (/^[+-]?\d+\/\d+$/.test(text)) {
    const [above, below] = text.split("/").map(BigInt);
    return below ? [lowest(above, below)] : [];
  }
  const found = [];
  if (/^[+-]?[1-9]\d{0,2}(,\d{3})+$/.test(text)) found.push(decimal(text.replaceAll(",", "")));
  if (/^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/.test(text)) found.push(decimal(text.replace(",", ".")));
  return found;
}

function decimal(text) {
  const [whole, decimals = ""] = text.replace(/^[+-]/, "").split(".");
  const size = BigInt(whole + decimals);
  return lowest(text.startsWith("-") ? -size : size, 10n ** BigInt(decimals.length));
}

function lowest(above, below) {
  let [one, other] = [above < 0n ? -above : above, below];
  while (other) [one, other] = [other, one % other];
  return below === one ? `${above / one}` : `${above / one}/${below / one}`;
}

// Whether two numbers, as `readings` writes them, lie no further apart than a third.
function near(one, other, tolerance) {
  const [[a, b], [c, d], [e, f]] = [one, other, tolerance].map((each) => each.split("/").concat("1").map(BigInt));
  const apart = a * d - c * b;
  return (apart < 0n ? -apart : apart) * f <= e * b * d;
}

// credit: from 0 to 1. sentence, hints: HTML. cells: of a grid, which blanks are right. readable: something was meant.
function mark(question, given) {
  if (Object.values(given).every((text) => !text.replace(BLANKS, ""))) {
    return { credit: 0, sentence: say("Left out."), cells: {}, hints: {}, answered: false, readable: false };
  }
  const marked = { number: markNumber, grid: markGrid, choice: markChoice }[question.kind](question, given);
  return { cells: {}, hints: {}, answered: true, readable: true, ...marked };
}

function markNumber(question, given) {
  const values = readings(withoutUnit(given[""], question.unit));
  if (!values.length) return { credit: 0, sentence: noNumber(given[""]), readable: false };
  if (values.some((value) => near(value, question.key, question.tolerance))) return { credit: 1, sentence: say("Right.") };
  const meant = values.find((value) => value in question.wrong);
  return { credit: 0, sentence: meant === undefined ? say("Wrong.") : question.wrong[meant] };
}

function markGrid(question, given) {
  const names = Object.keys(question.cells);
  const read = Object.fromEntries(names.map((name) => [name, readings(given[name])]));
  const cells = Object.fromEntries(names.map((name) => [name, read[name].includes(question.cells[name].key)]));
  const readable = names.some((name) => read[name].length);
  const wrong = names.filter((name) => !cells[name]);
  const credit = (names.length - wrong.length) / names.length;
  if (credit === 1) return { credit, cells, sentence: say("Right.") };
  const whole = question.wrong.find(({ answer }) => names.every((name) => read[name].includes(answer[name])));
  if (whole) return { credit, cells, sentence: whole.hint };
  const hints = {};
  for (const name of wrong) {
    const believed = question.cells[name].believed;
    const meant = read[name].find((value) => value in believed);
    if (meant !== undefined) hints[name] = question.wrong[believed[meant]].hint;
    else if (given[name].replace(BLANKS, "") && !read[name].length) hints[name] = noNumber(given[name]);
  }
  const places = wrong.slice(0, 3).map((name) => question.cells[name].place).join("; ");
  const all = wrong.length > 3 ? say("{places} and {number} more", { places, number: wrong.length - 3 }) : places;
  const counts = { right: names.length - wrong.length, all: names.length, places: all };
  const sentence = say("{right} of {all} cells are right; look at {places}.", counts);
  return { credit, cells, hints, sentence, readable };
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

function withoutUnit(text, unit) {
  const literal = unit.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return unit ? text.replace(new RegExp(`${BLANK}*${literal}${BLANK}*$`, "iu"), "") : text;
}

function noNumber(text) {
  const shown = firstOf(text.replace(BLANKS, " ").replace(/^ | $/g, ""), LONGEST);
  return say("“{text}” is not a number.", { text: shown.replace(/&/g, "&amp;").replace(/</g, "&lt;") });
}

function firstOf(text, size) {
  return Array.from(text).slice(0, size).join("");
}
