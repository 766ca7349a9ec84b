// What this phone has answered: written down here first, then sent until the server has it on its disk.

const DRAWER = "convgrade poll";
// An answer. kept: the {change, given} that the server has; refused: late or faulty; error: the same in the server's words;
// of: what was asked.
const NEW = { change: 0, given: {}, kept: null, refused: "", error: "", of: "" };

// What this browser keeps of one poll: {poll, key, answers: {round: an answer as above}}. All tabs share it.
const drawer = {
  forgets: false, // where storage is forbidden, only this tab knows, and only as long as it is not closed

  read() {
    try {
      return JSON.parse(localStorage.getItem(DRAWER)) ?? history.state;
    } catch {
      return history.state;
    }
  },

  write(record) {
    try {
      localStorage.setItem(DRAWER, JSON.stringify(record));
    } catch {
      this.forgets = true;
      history.replaceState(record, "");
    }
  },
};

// The record of a poll: this browser's, or what the page at the poll's former address has handed over, or a new one.
function openRecord(poll) {
  const [own, brought] = [drawer.read(), broughtRecord()].map((record) => (record?.poll === poll ? record : null));
  const record = own && Object.keys(own.answers).length ? own : brought ?? own ?? { poll, key: randomKey(), answers: {} };
  drawer.write(record);
  return record;
}

// What stands behind the address's #, as `handedOver` has written it; it goes out of there at once.
function broughtRecord() {
  if (!location.hash) return null;
  const text = location.hash.slice(1);
  history.replaceState(history.state, "", location.pathname);
  try {
    const { poll, key, unsent } = JSON.parse(decodeURIComponent(text));
    if (!/^[0-9a-f]{32}$/.test(key)) return null;
    const texts = (given) => Object.fromEntries(Object.entries(given).map(([name, text]) => [name, String(text)]));
    const answer = (change, given) => ({ ...NEW, change: Math.min(change, Date.now()), given: texts(given) });
    const answers = unsent.map(([round, change, given]) => [Number(round), answer(change, given)]);
    return { poll, key, answers: Object.fromEntries(answers) };
  } catch {
    return null; // somebody else's link
  }
}

// What the page at the poll's new address needs, so that nobody counts twice and no answer is lost.
function handedOver() {
  const { poll, key, answers } = drawer.read() ?? { answers: {} };
  const pending = Object.entries(answers).filter(([, answer]) => isPending(answer));
  const unsent = pending.map(([round, { change, given }]) => [round, change, given]);
  return encodeURIComponent(JSON.stringify({ poll, key, unsent }));
}

// 128 bits; crypto.randomUUID needs https.
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Outbox {
  trouble = ""; // why the server did not take the last answer, in its words
  failures = 0; // in a row
  notBefore = 0; // the server wants nothing earlier, in milliseconds as performance.now has them
  isBusy = false;
  isHeld = false; // until the server knows who this is

  // changed: called when there is something else to say of an answer; outdated: when the server knows better;
  // stranger: when the server wants to know first who this is.
  constructor(poll, { changed, outdated, stranger }) {
    Object.assign(this, { changed, outdated, stranger, record: openRecord(poll) });
    addEventListener("storage", ({ key }) => {
      if (key !== DRAWER) return;
      this.reread();
      this.changed();
    });
  }

  get key() {
    return this.record.key;
  }

  // A key that no student has yet may have come with somebody's link, who knows it: joining takes another one.
  renewKey() {
    this.reread();
    this.record.key = randomKey();
    drawer.write(this.record);
  }

  answer(round) {
    return this.record.answers[round] ?? NEW;
  }

  // Return what became of the answer to a round: "", sending, unsent, kept, late or faulty.
  fate(round) {
    const { change, refused } = this.answer(round);
    if (refused || !change) return refused;
    if (!isPending(this.answer(round))) return "kept";
    return this.failures ? "unsent" : "sending";
  }

  // The round that was answered last.
  get last() {
    return Math.max(0, ...Object.keys(this.record.answers));
  }

  // What was answered to the same question in a round before this one; null if nothing.
  before(round, of) {
    const found = Object.keys(this.record.answers).find((each) => each < round && this.record.answers[each].of === of);
    return found ? this.record.answers[found].given : null;
  }

  put(round, given, of) {
    this.update(round, ({ change }) => ({ change: Math.max(Date.now(), change + 1), given, of, refused: "" }));
    this.flush();
  }

  // A round that was closed takes answers again.
  reopen(round) {
    if (this.answer(round).refused !== "late") return;
    this.update(round, () => ({ refused: "" }));
    this.flush();
  }

  // The greater change wins: what the server has, or what is here. What it should have and does not, is sent again.
  reconcile(answers, open) {
    for (const { round, change, given } of answers) {
      this.update(round, (own) => ({ kept: { change, given }, ...(own.change < change ? { change, given } : {}) }));
    }
    const isThere = answers.some(({ round }) => round === open);
    if (open && !isThere && this.answer(open).kept) this.update(open, () => ({ kept: null }));
    this.flush();
  }

  // Go on, now that the server knows who this is.
  release() {
    this.isHeld = false;
    this.flush();
  }

  async flush() {
    if (this.isBusy || this.isHeld || performance.now() < this.notBefore) return;
    clearTimeout(this.again);
    this.isBusy = true;
    try {
      while (!this.isHeld && this.next()) await this.deliver(this.next());
    } catch (error) {
      this.postpone(error);
    }
    this.isBusy = false;
    this.changed();
  }

  next() {
    return Object.keys(this.record.answers).find((round) => isPending(this.record.answers[round]));
  }

  async deliver(round) {
    const { change, given } = this.answer(round);
    const { status, wait, content } = await send("/answers", { key: this.key, round: Number(round), change, given });
    const { kept, closed, join, error = "" } = content;
    const refuse = (refused) => this.update(round, (own) => (own.change === change ? { refused, error } : {}));
    if (status === 200 && kept >= change) {
      this.update(round, () => ({ kept: { change: kept, given } }));
      if (kept > change) this.outdated();
    } else if (status === 409 && closed) {
      refuse("late");
      this.outdated();
    } else if (status === 403 && join) {
      this.isHeld = true;
      this.stranger();
    } else if (status === 400 || status === 403) {
      refuse("faulty");
    } else {
      throw Object.assign(new Error(status), { wait, trouble: error });
    }
    this.failures = 0;
  }

  // trouble: what the server says of it; nothing where it is out of reach.
  postpone({ wait = 0, trouble = "" }) {
    this.trouble = trouble;
    this.notBefore = performance.now() + wait;
    this.again = setTimeout(() => this.flush(), wait + pauseAfter(this.failures++));
  }

  // Change an answer in what all tabs share.
  update(round, changed) {
    this.reread();
    this.record.answers[round] = { ...this.answer(round), ...changed(this.answer(round)) };
    drawer.write(this.record);
    this.changed();
  }

  reread() {
    const record = drawer.read();
    if (record?.poll === this.record.poll) this.record = record;
  }
}

function isPending({ change, kept, refused }) {
  return !refused && change > (kept?.change ?? 0);
}
