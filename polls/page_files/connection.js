// What the server says: by a stream of events where the way to it lets one through, by asking again and again where not.

const FIRST = 5_000; // milliseconds without a first event, after which something on the way holds the stream back
const SILENT = 40_000; // milliseconds without a sign of life after which a stream is dead: the server gives one every 15 s
const ASKED_EVERY = 3_000; // milliseconds between two questions, while there is no stream
const PATIENCE = 8_000; // milliseconds that a response may take
const LONGEST_PAUSE = 5_000; // milliseconds before something that failed is tried again

// Call heard(news) with each state of the poll, and connected(true or false) as the way to the server opens and breaks.
// streamed, asked: the addresses of the stream and of the state.
function connect({ streamed, asked, heard, connected }) {
  let source = null;
  let watch = 0;
  let asking = 0;
  let failures = 0;

  function listen() {
    source?.close();
    source = new EventSource(streamed);
    source.addEventListener("news", (event) => {
      alive();
      heard(JSON.parse(event.data));
    });
    source.addEventListener("alive", alive);
    source.addEventListener("error", broken);
    expect(FIRST, () => {
      ask();
      expect(SILENT, listen);
    });
  }

  function alive() {
    failures = 0;
    stopAsking();
    connected(true);
    expect(SILENT, listen);
  }

  function broken() {
    source.close();
    if (!asking) connected(false); // or the answers say it
    ask();
    expect(pauseAfter(failures++), listen);
  }

  function stopAsking() {
    clearTimeout(asking);
    asking = 0;
  }

  function expect(patience, otherwise) {
    clearTimeout(watch);
    watch = setTimeout(otherwise, patience);
  }

  function ask() {
    if (asking) return;
    asking = true;
    question();
  }

  async function question() {
    const news = await get(asked).catch(() => null);
    if (news || asking) connected(Boolean(news));
    if (news) heard(news);
    if (asking) asking = setTimeout(question, ASKED_EVERY * (0.75 + Math.random() / 2));
  }

  // Nobody looks: a browser has six connections to a server for all its tabs.
  function rest() {
    source.close();
    clearTimeout(watch);
    stopAsking();
  }

  listen();
  // A phone that wakes up, or finds its network again, does not wait for the next sign of life.
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pageshow", (event) => event.persisted && listen());
  addEventListener("online", listen);
}

// Milliseconds to wait after so many failures: a hall that lost its server does not come back all at once.
function pauseAfter(failures) {
  return Math.min(LONGEST_PAUSE, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
}

// A signal that ends a request; older phones lack AbortSignal.timeout.
function after(patience) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), patience);
  return controller.signal;
}

// Get JSON; throws where none comes.
async function get(address, headers = {}) {
  const response = await fetch(address, { headers, cache: "no-store", signal: after(PATIENCE) });
  if (!response.ok) throw new Error(response.status);
  return response.json();
}

// Send JSON; returns the response, with what it holds as `content`. Throws where no response comes.
async function send(address, content) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
    keepalive: true, // a page that is closed still sends it
    signal: after(PATIENCE),
  });
  const wait = 1000 * (Number(response.headers.get("Retry-After")) || 0); // milliseconds
  return { ok: response.ok, status: response.status, wait, content: await response.json().catch(() => ({})) };
}

// Hand in the secret of a link, which stands behind its #, for a cookie; returns whether the page is let in. It waits where
// others have tried too many links.
async function enter(room) {
  const { ok, status, wait } = await send(`/${room}/enter`, { secret: location.hash.slice(1) });
  if (status === 429) {
    await new Promise((done) => setTimeout(done, wait));
    return enter(room);
  }
  history.replaceState(null, "", location.pathname);
  return ok;
}

// Count down where the element is, from so many seconds; null stops it. ticked: called with each number of seconds.
function countDown(element, left, ticked = () => {}) {
  clearInterval(element.ticking);
  element.textContent = "";
  if (left === null) return;
  const end = performance.now() + 1000 * left;
  let shown = null;
  const show = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (seconds === shown) return;
    shown = seconds;
    element.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    ticked(seconds);
  };
  show();
  element.ticking = setInterval(show, 250);
}
