// What a page says, in its language: the element "phrases" has what that says for each English text.

const PHRASES = JSON.parse(document.getElementById("phrases")?.textContent ?? "{}");

function say(message, values = {}) {
  return filled(PHRASES[message] ?? message, values);
}

function filled(message, values) {
  return message.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
