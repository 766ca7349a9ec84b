// The window slides over an image: at each position its numbers, what becomes of them, and the output so far. Where a
// student's output is known, it stands beside the expected one, and the window starts at the first wrong number.

// What a page in another language says for each English text.
const PHRASES = JSON.parse(document.getElementById("phrases")?.textContent ?? "{}");

const POOLS = {
  max: [say("The largest of {values} is {result}."), (values) => Math.max(...values)],
  min: [say("The smallest of {values} is {result}."), (values) => Math.min(...values)],
  average: [say("The average of {values} is {result}."), (values) => sum(values) / values.length],
  median: [say("The median of {values} is {result}."), (values) => median([...values].sort((one, other) => one - other))],
};
const PACE = 900; // milliseconds at a position, when it plays

function buildSlide(slide, holder) {
  const images = slide.images.map((rows) => padded(rows, slide.padding, slide.padding_value));
  const [height, width] = slide.size;
  const [down, right] = slide.stride;
  const starts = (length, window, step) => {
    return Array.from({ length: Math.floor((length - window) / step) + 1 }, (_, place) => place * step);
  };
  const tops = starts(images[0].length, height, down);
  const lefts = starts(images[0][0].length, width, right);
  const places = tops.flatMap((top, row) => lefts.map((left, column) => ({ top, left, row, column })));
  const inside = Array.from({ length: height * width }, (_, cell) => [Math.floor(cell / width), cell % width]);
  const all = inside.length * images.length; // products at a position
  const compares = Boolean(slide.expected.length);
  const wrong = places.flatMap(({ row, column }, order) => (compares && slide.wrong[row][column] ? [order] : []));

  const channel = (index) => (slide.channels.length ? `, ${slide.channels[index]}` : "");
  const isPadding = (y, x) => {
    const [[above, before], [rows, columns]] = [slide.padding, [slide.images[0].length, slide.images[0][0].length]];
    return y < above || y >= above + rows || x < before || x >= before + columns;
  };
  const tables = images.map((rows, index) => {
    const caption = slide.padding.some(Boolean) ? say("Image with padding") : say("Image");
    const image = table(`${caption}${channel(index)}`, rows);
    image.cells.forEach((line, y) => line.forEach((cell, x) => cell.classList.toggle("padding", isPadding(y, x))));
    return { image, kernel: slide.pool ? null : table(`${say("Kernel")}${channel(index)}`, slide.kernels[index]) };
  });
  const blank = tops.map(() => lefts.map(() => null));
  const outputs = compares
    ? [table("Expected", slide.expected), table("Received", slide.received)]
    : slide.pool
      ? images.map((_, index) => table(`${say("Output")}${channel(index)}`, blank))
      : [table(say("Output"), blank)];

  holder.innerHTML = `
    <h3>${say("Step by step")}</h3>
    <div class="walk">
      <label>${say("Position of the window")} <input type="range" min="1" value="1"></label>
      <button type="button">${say("Previous")}</button> <button type="button">${say("Next")}</button>
      <button type="button">${say("Play")}</button>
      <button type="button">Next wrong one</button>
      <label class="one"><input type="checkbox"> ${say("One product at a time")}</label>
    </div>
    <div class="told" aria-live="polite"></div>
    <div class="grids scroll" role="group" aria-label="${say("Image, window and output")}"></div>`;
  const [range, single] = holder.querySelectorAll("input");
  const [previous, next, play, nextWrong] = holder.querySelectorAll("button");
  const told = holder.querySelector(".told");
  if (slide.pool) single.parentElement.remove();
  if (!wrong.length) nextWrong.remove();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) play.remove();
  const grids = holder.querySelector(".grids");
  const channels = tables.map(({ image, kernel }) => box("beside", [image.figure, ...(kernel ? [kernel.figure] : [])]));
  grids.append(box("channels", channels), box("outputs", outputs.map((output) => output.figure)));

  // The products at a position, channel by channel, row by row.
  const products = ({ top, left }) =>
    images.flatMap((rows, index) =>
      inside.map(([y, x]) => ({ index, y, x, weight: slide.kernels[index][y][x], pixel: rows[top + y][left + x] })),
    );
  const results = ({ top, left }) => {
    if (!slide.pool) return [sum(products({ top, left }).map(product)) + slide.bias];
    return images.map((rows) => POOLS[slide.pool][1](inside.map(([y, x]) => rows[top + y][left + x])));
  };

  // Where the window stands, and how many of its products are added.
  function reached() {
    const step = Number(range.value) - 1;
    return single.checked ? [Math.floor(step / all), (step % all) + 1] : [step, all];
  }

  function draw() {
    const [at, added] = reached();
    const place = places[at];
    for (const [index, { image, kernel }] of tables.entries()) {
      image.cells.forEach((line) => line.forEach((cell) => cell.classList.remove("window", "now")));
      inside.forEach(([y, x], order) => {
        const now = single.checked && index * inside.length + order === added - 1;
        const cell = image.cells[place.top + y][place.left + x];
        cell.classList.add("window");
        cell.classList.toggle("now", now);
        kernel?.cells[y][x].classList.toggle("now", now);
      });
    }
    outputs.forEach((output, index) => {
      places.forEach((each, order) => {
        const cell = output.cells[each.row][each.column];
        const done = order < at || (order === at && added === all);
        if (!compares) cell.textContent = done ? written(results(each)[index]) : "";
        cell.classList.toggle("window", order === at);
      });
    });
    const [row, column] = [place.row, place.column].map((number) => number + slide.counted_from);
    const position = { number: at + 1, all: places.length, row, column };
    const where = say("Position {number} of {all}: row {row}, column {column} of the output.", position);
    const lines = slide.pool ? pooled(place) : single.checked ? oneProduct(place, added) : allProducts(place);
    if (compares && added === all) lines.push(compared(place));
    told.replaceChildren(...[where, ...lines].map(paragraph));
    told.classList.toggle("wrong", wrong.includes(at));
    range.setAttribute(
      "aria-valuetext",
      single.checked ? say("{number}, product {product}", { ...position, product: added }) : say("{number} of {all}", position),
    );
    previous.setAttribute("aria-disabled", String(range.value === range.min));
    next.setAttribute("aria-disabled", String(range.value === range.max));
  }

  function allProducts(place) {
    const found = products(place);
    const lines = images.map((_, index) => {
      const own = found.filter((each) => each.index === index);
      return `${begun(index)}${own.map(asProduct).join(" + ")} = ${written(sum(own.map(product)))}`;
    });
    let running = 0;
    const sums = found.map((each) => written((running += product(each)))).join(", ");
    lines.push(say("Running sum: {sums}.", { sums }));
    if (slide.bias) lines.push(withBias(running));
    return lines;
  }

  function oneProduct(place, added) {
    const found = products(place).slice(0, added);
    const newest = found.at(-1);
    const before = sum(found.slice(0, -1).map(product));
    const after = before + product(newest);
    const name = `${say("Product {number} of {all}", { number: added, all })}${channel(newest.index)}`;
    const lines = [
      `${name}: ${asProduct(newest, 0)} = ${written(product(newest))}`,
      say("Running sum: {sums}", { sums: `${written(before)} + ${enclosed(product(newest))} = ${written(after)}` }),
    ];
    if (added < all) return lines;
    if (slide.bias) lines.push(withBias(after));
    return [...lines, say("The output here is {result}.", { result: written(results(place)[0]) })];
  }

  function withBias(total) {
    return say("With the intercept: {sum}", { sum: `${written(total)} + ${enclosed(slide.bias)} = ${written(total + slide.bias)}` });
  }

  function pooled(place) {
    const [sentence] = POOLS[slide.pool];
    return images.map((rows, index) => {
      const values = inside.map(([y, x]) => written(rows[place.top + y][place.left + x])).join(", ");
      return `${begun(index)}${filled(sentence, { values, result: written(results(place)[index]) })}`;
    });
  }

  function begun(index) {
    const name = slide.channels[index];
    return name ? `${name[0].toUpperCase()}${name.slice(1)}: ` : "";
  }

  function compared({ row, column }) {
    const [expected, received] = [slide.expected[row][column], slide.received[row][column]];
    if (!slide.wrong[row][column]) return `Received ${written(received)}, as expected.`;
    return `Expected ${differing(expected, received)}, received ${differing(received, expected)}.`;
  }

  function go(position) {
    range.value = position;
    draw();
  }

  function goTo(place) {
    pause();
    go(place * (single.checked ? all : 1) + 1);
  }

  let playing = 0;

  function pause() {
    clearInterval(playing);
    playing = 0;
    play.textContent = say("Play");
    told.setAttribute("aria-live", "polite");
  }

  function start() {
    if (range.value === range.max) go(1);
    play.textContent = say("Pause");
    told.setAttribute("aria-live", "off"); // or a screen reader never comes to an end
    playing = setInterval(() => {
      go(Number(range.value) + 1);
      if (range.value === range.max) pause();
    }, PACE);
  }

  function step(steps) {
    pause();
    go(Number(range.value) + steps);
  }

  range.addEventListener("input", () => step(0));
  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  play.addEventListener("click", () => (playing ? pause() : start()));
  nextWrong.addEventListener("click", () => goTo(wrong.find((order) => order > reached()[0]) ?? wrong[0]));
  for (const output of outputs) {
    places.forEach(({ row, column }, order) => {
      output.cells[row][column].addEventListener("click", () => goTo(order));
      output.cells[row][column].classList.toggle("wrong", wrong.includes(order));
    });
  }
  single.addEventListener("change", () => {
    const at = single.checked ? (Number(range.value) - 1) * all : Math.floor((Number(range.value) - 1) / all);
    range.max = places.length * (single.checked ? all : 1);
    pause();
    go(at + 1);
  });
  range.max = places.length;
  go((wrong[0] ?? 0) + 1);
}

// Build each window whose numbers stand in the page, in place of the tables that are there without a script.
function buildSlides() {
  for (const numbers of document.querySelectorAll(".slide > script")) {
    buildSlide(JSON.parse(numbers.textContent), numbers.parentElement);
  }
  reachScrolled();
  addEventListener("resize", reachScrolled);
  document.addEventListener("toggle", reachScrolled, true);
  const frame = window.frameElement; // in a notebook
  if (frame) new ResizeObserver(() => (frame.style.height = `${document.body.offsetHeight}px`)).observe(document.body);
}

// What is too wide for the screen scrolls by itself; the keyboard must be able to get there.
function reachScrolled() {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

// A message in the page's language, with the values in its places.
function say(message, values = {}) {
  return filled(PHRASES[message] ?? message, values);
}

function filled(message, values) {
  return message.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

function padded(rows, [vertical, horizontal], value) {
  const filled = (count) => Array(count).fill(value);
  const empty = () => Array.from({ length: vertical }, () => filled(rows[0].length + 2 * horizontal));
  return [...empty(), ...rows.map((row) => [...filled(horizontal), ...row, ...filled(horizontal)]), ...empty()];
}

function table(caption, rows) {
  const figure = document.createElement("figure");
  figure.innerHTML = "<figcaption></figcaption><table></table>";
  figure.firstChild.textContent = caption;
  const cells = rows.map((row) => {
    const line = figure.lastChild.insertRow();
    return row.map((value) => {
      const cell = line.insertCell();
      cell.textContent = value === null ? "" : written(value);
      return cell;
    });
  });
  return { figure, cells };
}

function box(name, children) {
  const made = document.createElement("div");
  made.className = name;
  made.append(...children);
  return made;
}

function paragraph(words) {
  const made = document.createElement("p");
  made.textContent = words;
  return made;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function median(values) {
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

function product({ weight, pixel }) {
  return weight * pixel;
}

function asProduct({ weight, pixel }, order) {
  return `${order ? enclosed(weight) : written(weight)} · ${enclosed(pixel)}`;
}

// A number as a person reads it: as it is where three decimals are enough, else four digits. Other texts stay.
function written(value) {
  if (typeof value === "string") return value;
  const short = Number(value.toFixed(3)) + 0; // and no -0
  const isShort = Math.abs(value) < 1e6 && Math.abs(value - short) < 1e-9;
  return isShort ? String(short).replace("-", "−") : toDigits(value, Math.abs(value) < 10_000 ? 4 : 6);
}

// A number with so many digits as it takes to see that it is not the other one.
function differing(value, other) {
  if (written(value) !== written(other)) return written(value);
  const digits = [6, 8, 11].find((count) => toDigits(value, count) !== toDigits(other, count));
  return toDigits(value, digits ?? 17);
}

function toDigits(value, count) {
  const text = value.toPrecision(count);
  const short = text.includes(".") ? text.replace(/\.?0+(?=e|$)/, "") : text;
  return short.replace(/(e[+-])(\d)$/, "$10$2").replaceAll("-", "−"); // e+06, as Python writes it
}

function enclosed(value) {
  return value < 0 ? `(${written(value)})` : written(value);
}
