// What the server says: by a stream of events where the way to it lets one through, by asking again and again where not.

const SILENT = 40_000; // milliseconds without a sign of life after which a stream is dead: the server gives one every 15 s
const ASKED_EVERY = 3_000; // milliseconds between two questions, while there is no stream
const RETRIED_AFTER = 30_000; // milliseconds after which a stream is tried again

// Call heard(news) with each state of the poll, and connected(true or false) as the way to the server opens and breaks.
// streamed, asked: the addresses of the stream and of the state, "" if there is only the stream; headers: to ask with.
function connect({ streamed, asked, headers = {}, heard, connected }) {
  let source = null;
  let watch = 0;
  let asking = 0;

  function listen() {
    source?.close();
    source = new EventSource(streamed);
    alive(false);
    source.addEventListener("news", (event) => {
      alive(true);
      heard(JSON.parse(event.data));
    });
    source.addEventListener("alive", () => alive(true));
    source.addEventListener("error", () => {
      connected(false);
      if (source.readyState === EventSource.CLOSED) fall();
      else ask();
    });
  }

  // Note a sign of life, and wait for the next one.
  function alive(is) {
    clearTimeout(watch);
    watch = setTimeout(listen, SILENT);
    if (!is) return;
    clearInterval(asking);
    asking = 0;
    connected(true);
  }

  // The stream is refused: ask instead, and try a stream again later.
  function fall() {
    ask();
    clearTimeout(watch);
    watch = setTimeout(listen, RETRIED_AFTER / 2 + (RETRIED_AFTER / 2) * Math.random());
  }

  function ask() {
    if (!asked || asking) return;
    asking = setInterval(question, ASKED_EVERY);
    question();
  }

  async function question() {
    try {
      const response = await fetch(asked, { headers, cache: "no-store", signal: AbortSignal.timeout(ASKED_EVERY) });
      if (!response.ok) throw new Error(response.status);
      const news = await response.json();
      connected(true);
      heard(news);
    } catch {
      connected(false);
    }
  }

  listen();
  // A phone that wakes up, or finds its network again, does not wait for the next sign of life.
  document.addEventListener("visibilitychange", () => document.hidden || listen());
  addEventListener("online", listen);
}

// Send JSON; returns the response, with what it holds as `content`. Throws where no response comes.
async function send(address, content, patience = 8_000) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
    signal: AbortSignal.timeout(patience),
  });
  return { ok: response.ok, status: response.status, content: await response.json().catch(() => ({})) };
}

// Hand in the secret of a link, which stands behind its #, for a cookie; it goes out of the address at once.
async function enter(room) {
  const secret = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return secret ? (await send(`/${room}/enter`, { secret })).ok : true;
}

// Count down where the element is, from so many seconds; call again with null to stop.
function countDown(element, left) {
  clearInterval(element.ticking);
  const end = performance.now() + 1000 * left;
  const show = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    element.textContent = left === null ? "" : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  if (left !== null) element.ticking = setInterval(show, 250);
}
