// Searching from every page: a dialog with a combobox, whose options are what the server finds as one
// types. Without this script the field of the frame leads to the search page.

/** How long a pause in typing is before the server is asked, in milliseconds. */
const PAUSE = 80;
/** How long `g` waits for its letter, in milliseconds. */
const CHORD = 1_500;
/** The letters after `g`, and the pages they lead to, if the navigation has them. */
const PAGES = {
  o: "/", c: "/credentials", r: "/charts/repositories", k: "/charts/catalog", t: "/gitops", e: "/gitops/exports",
  l: "/gitops/clusters", g: "/gitops/connections", p: "/settings/projects", n: "/settings/notices", a: "/audit",
};
const SINGLE_KEYS = "single-keys";

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** Whether letters alone are shortcuts here; whoever dictates text turns them off. */
const hasSingleKeys = () => {
  try {
    return localStorage.getItem(SINGLE_KEYS) !== "off";
  } catch {
    return true;
  }
};

const linkTo = (path) => document.querySelector(`nav[aria-label="Main"] a[href="${path}"]`);

/** A dialog that a click beside it closes. */
const dialog = (attributes, ...children) => {
  const made = element("dialog", attributes, ...children);
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  return made;
};

const searching = () => {
  const input = element("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list",
    "aria-autocomplete": "list", "aria-label": "Search Hawser", placeholder: "Name, URL or page",
    autocomplete: "off", spellcheck: "false", maxlength: "1024",
  });
  const list = element("div", { role: "listbox", id: "palette-list", "aria-label": "Found" });
  const said = element("p", { role: "status" });
  const foot = element("p", { class: "palette-foot", "aria-hidden": "true" });
  foot.innerHTML = "<kbd>↑</kbd><kbd>↓</kbd> move <kbd>↵</kbd> open <kbd>Esc</kbd> close <kbd>?</kbd> all shortcuts";
  const made = dialog({ class: "palette", "aria-label": "Search" }, input, said, list, foot);
  let asked = 0;
  let timer;
  let answer;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const move = (by) => {
    const all = options();
    if (all.length === 0) return;
    const now = all.indexOf(chosen());
    choose(all[(now + by + all.length) % all.length]);
  };

  /** The list of links as a listbox: its links are options, its headings name groups. */
  const show = (html) => {
    const found = new DOMParser().parseFromString(html, "text/html").querySelector("[data-found]");
    if (!found) return;
    said.textContent = found.querySelector("[data-said]")?.textContent ?? "";
    found.querySelector("[data-said]")?.remove();
    let n = 0;
    for (const section of found.querySelectorAll("section")) {
      section.removeAttribute("aria-labelledby");
      section.setAttribute("role", "presentation");
      const heading = section.querySelector("h2");
      heading.id = `palette-${heading.id}`;
      heading.setAttribute("role", "presentation");
      const group = section.querySelector("ul");
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", heading.id);
      for (const item of group.children) item.setAttribute("role", "presentation");
      for (const link of group.querySelectorAll("a")) {
        link.setAttribute("role", "option");
        link.setAttribute("aria-selected", "false");
        link.tabIndex = -1;
        link.id = `palette-option-${n}`;
        n += 1;
      }
    }
    list.replaceChildren(...found.children);
    choose(options()[0]);
  };

  const ask = async () => {
    const mine = (asked += 1);
    answer?.abort();
    answer = new AbortController();
    try {
      const response = await fetch(`/search/results?q=${encodeURIComponent(input.value)}`, { signal: answer.signal });
      const html = await response.text();
      if (mine !== asked) return;
      if (response.ok) show(html);
      else if (response.status === 401) location.reload();
      else said.textContent = "Search does not answer. Press Enter to try its page.";
    } catch (error) {
      if (mine === asked && error.name !== "AbortError") said.textContent = "Search does not answer. Check the network.";
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = chosen();
      const href = option?.href ?? `/search?q=${encodeURIComponent(input.value)}`;
      if (event.metaKey || event.ctrlKey) open(href, "_blank", "noopener");
      else go(href);
    } else if (event.key === "?" && input.value === "") {
      event.preventDefault();
      made.close();
      shortcuts();
    }
  });
  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  list.addEventListener("click", (event) => {
    if (event.target.closest("a") && !event.metaKey && !event.ctrlKey) made.close();
  });

  /** A field of the same page is only scrolled to, so that the dialog has to go first. */
  const go = (href) => {
    made.close();
    location.href = href;
  };

  return (text = "") => {
    if (made.open) return;
    input.value = text;
    list.replaceChildren();
    said.textContent = "";
    made.showModal();
    input.focus();
    ask();
  };
};

const shortcuts = () => {
  const row = (keys, text) => {
    const term = element("dt");
    term.append(...keys.map((key) => element("kbd", {}, key)));
    return [term, element("dd", {}, text)];
  };
  const pages = Object.entries(PAGES).flatMap(([key, path]) => {
    const link = linkTo(path);
    return link ? row(["g", key], link.textContent.trim()) : [];
  });
  const off = element("input", { type: "checkbox", id: "palette-keys" });
  off.checked = hasSingleKeys();
  off.addEventListener("change", () => {
    try {
      localStorage.setItem(SINGLE_KEYS, off.checked ? "on" : "off");
    } catch {
      // A browser that stores nothing has them always.
    }
  });
  const close = element("button", { type: "button", class: "button" }, "Close");
  const made = dialog(
    { class: "palette keys", "aria-labelledby": "palette-keys-title" },
    element("h2", { id: "palette-keys-title" }, "Keyboard shortcuts"),
    element("dl", {},
      ...row([isMac ? "⌘" : "Ctrl", "K"], "Search from anywhere"),
      ...row(["/"], "Search"),
      ...row(["?"], "This list"),
      ...pages,
    ),
    element("p", { class: "palette-switch" }, off,
      element("label", { for: "palette-keys" }, "Use keys without Ctrl or ⌘")),
    close,
  );
  close.addEventListener("click", () => made.close());
  made.addEventListener("close", () => made.remove());
  made.showModal();
};

/** Whether somebody types text there. */
const isTyping = (target) =>
  target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") != null;

export const palette = () => {
  const field = document.querySelector("[data-palette]");
  const open = searching();
  field.querySelector("kbd").textContent = isMac ? "⌘K" : "Ctrl K";
  const input = field.querySelector("input");
  input.setAttribute("aria-keyshortcuts", "Control+K Meta+K");
  // With a pointer the field opens the palette; by Tab it stays a field that sends.
  input.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    open(input.value);
  });
  let pressed = -Infinity;
  addEventListener("keydown", (event) => {
    const withControl = isMac ? event.metaKey : event.ctrlKey;
    if (withControl && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || !hasSingleKeys()) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const isSecond = event.timeStamp - pressed < CHORD;
    pressed = -Infinity;
    const link = isSecond && PAGES[event.key] ? linkTo(PAGES[event.key]) : null;
    if (link) link.click();
    else if (event.key === "/") open();
    else if (event.key === "?") shortcuts();
    else if (event.key === "g") pressed = event.timeStamp;
    else return;
    event.preventDefault();
  });
};
