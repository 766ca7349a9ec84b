// What a typed text means as a number: quizzes/grading/numbers.py once more, case for case.

const LONGEST = 40; // characters of a typed number
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"; // Python's \s
const BLANKS = new RegExp(`${BLANK}+`, "g");
const ALIKE = {
  "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-", "\u2011": "-", "\ufe63": "-",
  "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2044": "/", "\u066b": ".", "\u066c": "'",
};
const ABBREVIATIONS = { pixel: "px", megabyte: "mb" };

// The numbers that a text can mean, written as Python writes a Fraction: none, one, or for 1,024 and 1.024 two.
function readings(text) {
  text = unquoted(plain(text));
  if (Array.from(text).length > LONGEST) return [];
  const [, sign, size] = /^(?:= *)?([+-]?) ?(.*)$/s.exec(text);
  const sizes = [grouped(size), decimal(size), fraction(size)].filter((value) => value !== null);
  return sizes.map(([above, below]) => lowest(sign === "-" ? -above : above, below));
}

// The numbers that a text can mean which may end with this unit.
function amounts(text, unit) {
  const found = /^(.*[0-9][.,]?) *([^0-9]*)$/s.exec(unquoted(plain(text)));
  const bare = found?.[2].replace(/^[ .]+|[ .]+$/g, "");
  return readings(found && unit && isUnit(bare, unit) ? found[1] : text);
}

function plain(text) {
  return trimmed(Array.from(text, plainLetter).join(""));
}

function trimmed(text) {
  return text.replace(/^ +| +$/g, "");
}

function unquoted(text) {
  const quoted = text.length > 1 && "\"'".includes(text[0]) && "\"'".includes(text.at(-1));
  return quoted ? trimmed(text.slice(1, -1)) : text;
}

function plainLetter(letter) {
  if (new RegExp(`^${BLANK}$`).test(letter)) return " ";
  if (letter <= "\x7f") return letter;
  if (/\p{Nd}/u.test(letter)) return digit(letter.codePointAt(0));
  if (/\p{Cf}/u.test(letter)) return "";
  if (letter in ALIKE) return ALIKE[letter];
  const usual = letter.normalize("NFKC");
  if (usual.includes("\u2044")) return ` ${usual.replace("\u2044", "/")}`; // one letter for a half
  return letter >= "\uff01" && letter <= "\uff5e" ? usual : letter;
}

// Each script has its ten digits in a row, from 0 on.
function digit(code) {
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}

function grouped(text) {
  const found = /^([1-9][0-9]{0,2}(?=([ ',.]))(?:\2[0-9]{3})+)(?:(?!\2)[.,]([0-9]*))?$/.exec(text);
  return found && value(found[1].replaceAll(found[2], ""), found[3]);
}

function decimal(text) {
  const found = /^(?=[.,]?[0-9])([0-9]*)(?:[.,]([0-9]*))?$/.exec(text);
  return found && value(found[1], found[2]);
}

function value(whole, decimals = "") {
  return [BigInt(whole + decimals || "0"), 10n ** BigInt(decimals.length)];
}

function fraction(text) {
  const mixed = /^([0-9]+) +([0-9]{1,2}) ?\/ ?([0-9]{1,2})$/.exec(text);
  const [whole, above, below] = (mixed?.slice(1) ?? ["0", ...(/^([0-9]+) ?\/ ?([0-9]+)$/.exec(text)?.slice(1) ?? "00")]).map(BigInt);
  return below ? [whole * below + above, below] : null;
}

function lowest(above, below) {
  let [one, other] = [above < 0n ? -above : above, below];
  while (other) [one, other] = [other, one % other];
  return below === one ? `${above / one}` : `${above / one}/${below / one}`;
}

// Whether a word is this unit but for its last two letters.
function isUnit(word, unit) {
  [word, unit] = [bare(word), bare(unit)];
  let stem = 0;
  while (stem < word.length && word[stem] === unit[stem]) stem++;
  const alike = stem > 2 && Math.max(word.length, unit.length) - stem < 3;
  return word === unit || alike || Object.keys(ABBREVIATIONS).some((name) => unit.startsWith(name) && word === ABBREVIATIONS[name]);
}

function bare(word) {
  return word.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "");
}
