// A question as it is asked, wherever it is shown.

const asked = new Map(); // by question and form

// Return what is asked, a question from 1 in one of its forms.
async function fetchQuestion(question, form) {
  const name = `${question}.${form}`;
  if (!asked.has(name)) {
    const response = await fetch(`/questions/${name}`);
    if (!response.ok) throw new Error(response.status);
    asked.set(name, await response.json());
  }
  return asked.get(name);
}

// Put what is asked into an element: the stem, then the picture.
function showStem(element, { stem, picture, width }) {
  element.innerHTML = `<div class="stem scroll">${scrolling(stem)}</div>` + (picture && `<div class="picture scroll">${picture}</div>`);
  element.querySelector(".picture")?.style.setProperty("--least", `${Math.round(0.75 * width)}px`);
}

// Tables scroll by themselves where the screen is narrow; a heading of nothing is a cell.
function scrolling(html) {
  return html.replaceAll("<th></th>", "<td></td>").replaceAll("<table>", '<div class="scroll"><table>').replaceAll("</table>", "</table></div>");
}
