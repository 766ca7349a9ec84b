// When the way to the poll is lost: the page says so, and after a while it asks for the address that the screen shows now.

const CALM = 2_000; // milliseconds without a connection before the page says so
const LONG = 10_000; // milliseconds without a connection after which the teacher's machine may have another address

// Return what is to be called with true or false as the connection comes and goes.
// notice, move: the elements to show; handOver(): what the page at another address needs to go on; announce: says words.
function watchConnection({ notice, move, handOver, announce }) {
  let timers = [];

  function lost() {
    notice.hidden = false;
    announce(notice.querySelector("p").textContent);
  }

  move.addEventListener("submit", (event) => {
    event.preventDefault();
    const input = move.querySelector("input");
    const origin = originOf(input.value);
    if (origin && origin !== location.origin) return location.assign(`${origin}/#${handOver()}`);
    move.querySelector(".wrong").textContent = origin
      ? say("This page already has that address. It reconnects by itself.")
      : say("Type the address as the screen shows it.");
    input.setAttribute("aria-invalid", "true");
    input.focus();
  });

  return (is) => {
    if (is) {
      timers.forEach(clearTimeout);
      timers = [];
      notice.hidden = move.hidden = true;
    } else if (!timers.length) {
      timers = [setTimeout(lost, CALM), setTimeout(() => (move.hidden = false), LONG)];
    }
  };
}

// The origin of an address as people type it, with http:// or without; "" if it is not one.
function originOf(text) {
  const typed = text.trim();
  try {
    const { protocol, host, origin } = new URL(/^[a-z]+:\/\//i.test(typed) ? typed : `${location.protocol}//${typed}`);
    return /^https?:$/.test(protocol) && /^[\w.:[\]-]*[.:][\w.:[\]-]*$/.test(host) ? origin : "";
  } catch {
    return "";
  }
}
