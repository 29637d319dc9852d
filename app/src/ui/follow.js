// Keeps the parts of a page fresh while it can be seen. After each event of the organization, of which there is
// at most one a second, every element with a `data-live` attribute is replaced by its new self, until the new page
// asks for it no more. Meanwhile the ages on the page grow.

// How often the ages are told anew, in milliseconds.
const TICK = 20_000;

let source;
let busy = false;
let due = false;
let over = false;

/** Gives an element the attributes of its new self: labels and titles tell what its content does. */
const adopt = (old, part) => {
  for (const { name } of [...old.attributes]) if (!part.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of part.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
};

const replace = (fresh) => {
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const old = document.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    // Nobody loses an open menu or table, a ticked box or the focus to a refresh.
    if (!old || old.querySelector(":focus, details[open], input:checked")) continue;
    adopt(old, part);
    if (old.innerHTML !== part.innerHTML) old.innerHTML = part.innerHTML;
  }
  // What was begun has ended, so that the words of its beginning no longer hold.
  if (!fresh.querySelector("[data-under-way]")) document.querySelector("[data-passing]")?.remove();
  over = !fresh.querySelector("[data-listening]");
};

const refresh = async () => {
  due = true;
  if (busy) return;
  busy = true;
  try {
    while (due && !over) {
      due = false;
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
    }
  } catch {
    // The next event tries again.
  } finally {
    busy = false;
    if (over) close();
  }
};

const close = () => {
  source?.close();
  source = undefined;
};

// A page that nobody sees holds no connection: browsers open six to a host.
const listen = () => {
  if (document.hidden || over) {
    close();
  } else if (!source) {
    source = new EventSource("/events/organization");
    // What happened between the page and the first event is not lost.
    source.onopen = refresh;
    source.onmessage = refresh;
  }
};

/** The words of `Timestamp::relative_to`. */
export const relative = (at, now) => {
  const seconds = Math.floor(Math.abs(now - at) / 1_000);
  const isPast = at <= now;
  if (seconds < (isPast ? 45 : 60)) return isPast ? "just now" : "in a moment";
  const minutes = isPast ? Math.min(Math.ceil(seconds / 60), 59) : Math.floor(seconds / 60);
  const far = seconds < 3_600 ? `${minutes} min`
    : seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h`
    : `${Math.floor(seconds / 86_400)} d`;
  return isPast ? `${far} ago` : `in ${far}`;
};

/** Tells the ages anew, by the server's clock. */
const grow = (ahead) => {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const at = Date.parse(time.dateTime);
    const words = relative(at, Date.now() - ahead);
    if (!Number.isNaN(at) && time.textContent !== words) time.textContent = words;
  }
};

export const follow = () => {
  document.addEventListener("visibilitychange", listen);
  listen();
  const now = Number(document.querySelector("main[data-now]")?.dataset.now);
  if (now) setInterval(grow, TICK, Date.now() - now);
};
