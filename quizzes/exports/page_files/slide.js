// The window walks over the image; at each place its numbers, what becomes of them, and the output so far.

const POOLS = {
  max: ["The largest of", (values) => Math.max(...values)],
  min: ["The smallest of", (values) => Math.min(...values)],
  average: ["The average of", (values) => sum(values) / values.length],
  median: ["The median of", (values) => median([...values].sort((one, other) => one - other))],
};

function buildSlide(slide, holder) {
  const images = slide.images.map((rows) => padded(rows, slide.padding));
  const [height, width] = slide.pool ? slide.size : [slide.kernels[0].length, slide.kernels[0][0].length];
  const [down, right] = slide.stride;
  const starts = (length, window, step) => {
    return Array.from({ length: Math.floor((length - window) / step) + 1 }, (_, place) => place * step);
  };
  const tops = starts(images[0].length, height, down);
  const lefts = starts(images[0][0].length, width, right);
  const places = tops.flatMap((top, row) => lefts.map((left, column) => ({ top, left, row, column })));
  const inside = Array.from({ length: height * width }, (_, cell) => [Math.floor(cell / width), cell % width]);
  const all = inside.length * images.length; // products at a place

  const channel = (index) => (images.length > 1 ? `, channel ${index + 1}` : "");
  const isPadding = (y, x) => {
    const [[above, before], [rows, columns]] = [slide.padding, [slide.images[0].length, slide.images[0][0].length]];
    return y < above || y >= above + rows || x < before || x >= before + columns;
  };
  const tables = images.map((rows, index) => {
    const image = table(`Image${slide.padding.some(Boolean) ? " with padding" : ""}${channel(index)}`, rows);
    image.cells.forEach((line, y) => line.forEach((cell, x) => cell.classList.toggle("padding", isPadding(y, x))));
    return { image, kernel: slide.pool ? null : table(`Kernel${channel(index)}`, slide.kernels[index]) };
  });
  const blank = tops.map(() => lefts.map(() => null));
  const outputs = slide.pool ? images.map((_, index) => table(`Output${channel(index)}`, blank)) : [table("Output", blank)];

  holder.innerHTML = `
    <h3>Step by step</h3>
    <div class="walk">
      <label>Place of the window <input type="range" min="1" value="1"></label>
      <button type="button">Previous</button> <button type="button">Next</button>
      <label class="one"><input type="checkbox"> One product at a time</label>
    </div>
    <div class="told" aria-live="polite"></div>
    <div class="grids scroll" role="group" aria-label="Image, window and output"></div>`;
  const [range, single] = holder.querySelectorAll("input");
  const [previous, next] = holder.querySelectorAll("button");
  if (slide.pool) single.parentElement.remove();
  const grids = holder.querySelector(".grids");
  const channels = tables.map(({ image, kernel }) => box("channel", [image.figure, ...(kernel ? [kernel.figure] : [])]));
  grids.append(box("", channels), box("", outputs.map((output) => output.figure)));

  // The products at a place, channel by channel, row by row.
  const products = ({ top, left }) =>
    images.flatMap((rows, index) =>
      inside.map(([y, x]) => ({ index, y, x, weight: slide.kernels[index][y][x], pixel: rows[top + y][left + x] })),
    );
  const results = ({ top, left }) => {
    if (!slide.pool) return [tidy(sum(products({ top, left }).map(product)) + slide.bias)];
    return images.map((rows) => tidy(POOLS[slide.pool][1](inside.map(([y, x]) => rows[top + y][left + x]))));
  };

  function draw() {
    const step = Number(range.value) - 1;
    const [at, reached] = single.checked ? [Math.floor(step / all), (step % all) + 1] : [step, all];
    const place = places[at];
    for (const [index, { image, kernel }] of tables.entries()) {
      image.cells.forEach((line) => line.forEach((cell) => cell.classList.remove("window", "now")));
      inside.forEach(([y, x], order) => {
        const now = single.checked && index * inside.length + order === reached - 1;
        const cell = image.cells[place.top + y][place.left + x];
        cell.classList.add("window");
        cell.classList.toggle("now", now);
        kernel?.cells[y][x].classList.toggle("now", now);
      });
    }
    outputs.forEach((output, index) => {
      places.forEach((each, order) => {
        const cell = output.cells[each.row][each.column];
        const done = order < at || (order === at && reached === all);
        cell.textContent = done ? written(results(each)[index]) : "";
        cell.classList.toggle("window", order === at);
      });
    });
    const where = `Place ${at + 1} of ${places.length}: row ${place.row + 1}, column ${place.column + 1} of the output.`;
    const lines = slide.pool ? pooled(place) : single.checked ? oneProduct(place, reached) : allProducts(place);
    holder.querySelector(".told").replaceChildren(...[where, ...lines].map(paragraph));
    range.setAttribute("aria-valuetext", single.checked ? `${at + 1}, product ${reached}` : `${at + 1} of ${places.length}`);
    previous.setAttribute("aria-disabled", String(range.value === range.min));
    next.setAttribute("aria-disabled", String(range.value === range.max));
  }

  function allProducts(place) {
    const found = products(place);
    const lines = images.map((_, index) => {
      const own = found.filter((each) => each.index === index);
      const name = images.length > 1 ? `Channel ${index + 1}: ` : "";
      return `${name}${own.map(asProduct).join(" + ")} = ${written(tidy(sum(own.map(product))))}`;
    });
    let running = 0;
    lines.push(`Running sum: ${found.map((each) => written((running = tidy(running + product(each))))).join(", ")}.`);
    if (slide.bias) lines.push(`With the bias: ${written(running)} + ${enclosed(slide.bias)} = ${written(running + slide.bias)}`);
    return lines;
  }

  function oneProduct(place, reached) {
    const found = products(place).slice(0, reached);
    const newest = found.at(-1);
    const before = tidy(sum(found.slice(0, -1).map(product)));
    const after = tidy(before + product(newest));
    const name = `Product ${reached} of ${all}${channel(newest.index)}`;
    const lines = [
      `${name}: ${asProduct(newest, 0)} = ${written(product(newest))}`,
      `Running sum: ${written(before)} + ${enclosed(product(newest))} = ${written(after)}`,
    ];
    if (reached < all) return lines;
    if (slide.bias) lines.push(`With the bias: ${written(after)} + ${enclosed(slide.bias)} = ${written(after + slide.bias)}`);
    return [...lines, `The output here is ${written(results(place)[0])}.`];
  }

  function pooled(place) {
    const [words] = POOLS[slide.pool];
    return images.map((rows, index) => {
      const values = inside.map(([y, x]) => rows[place.top + y][place.left + x]);
      const name = images.length > 1 ? `Channel ${index + 1}: ${words[0].toLowerCase()}${words.slice(1)}` : words;
      return `${name} ${values.map(written).join(", ")} is ${written(results(place)[index])}.`;
    });
  }

  function move(steps) {
    range.value = Number(range.value) + steps;
    draw();
  }

  range.max = places.length;
  range.addEventListener("input", draw);
  previous.addEventListener("click", () => move(-1));
  next.addEventListener("click", () => move(1));
  single.addEventListener("change", () => {
    const at = single.checked ? (Number(range.value) - 1) * all : Math.floor((Number(range.value) - 1) / all);
    range.max = places.length * (single.checked ? all : 1);
    range.value = at + 1;
    draw();
  });
  draw();
}

function padded(rows, [vertical, horizontal]) {
  const zeros = (count) => Array(count).fill(0);
  const empty = () => Array.from({ length: vertical }, () => zeros(rows[0].length + 2 * horizontal));
  return [...empty(), ...rows.map((row) => [...zeros(horizontal), ...row, ...zeros(horizontal)]), ...empty()];
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
  return tidy(weight * pixel);
}

function asProduct({ weight, pixel }, order) {
  return `${order ? enclosed(weight) : written(weight)} · ${enclosed(pixel)}`;
}

function tidy(value) {
  return Number(value.toFixed(6)) + 0; // and no -0
}

function written(value) {
  return String(value).replace("-", "−");
}

function enclosed(value) {
  return value < 0 ? `(${written(value)})` : written(value);
}
