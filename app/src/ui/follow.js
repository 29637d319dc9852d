// Keeps the parts of a page fresh while it can be seen. After each event of the organization, of which
// there is at most one a second, every element with a `data-live` attribute is replaced by its new self.
let source;
let busy = false;
let due = false;

const replace = (fresh) => {
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const old = document.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    // Nobody loses an open table or the focus to a refresh.
    if (!old || old.querySelector(":focus, details[open]") || old.innerHTML === part.innerHTML) continue;
    old.innerHTML = part.innerHTML;
  }
};

const refresh = async () => {
  due = true;
  if (busy) return;
  busy = true;
  try {
    while (due) {
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
  }
};

// A page that nobody sees holds no connection: browsers open six to a host.
const listen = () => {
  if (document.hidden) {
    source?.close();
    source = undefined;
  } else if (!source) {
    source = new EventSource("/events/organization");
    // What happened between the page and the first event is not lost.
    source.onopen = refresh;
    source.onmessage = refresh;
  }
};

export const follow = () => {
  document.addEventListener("visibilitychange", listen);
  listen();
};
