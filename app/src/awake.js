// What every page does with a script. Where the other scripts lie, the element that loads this one says.
const wake = async ({ jsUrl: js, wasmUrl: wasm, followUrl: follow, paletteUrl: palette, formsUrl: forms }) => {
  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== but) menu.open = false;
    }
  };
  addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details.menu[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  });
  // Arrow keys go through an open menu.
  addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const menu = step && event.target.closest("details.menu");
    if (!menu) return;
    event.preventDefault();
    menu.open = true;
    const items = [...menu.querySelectorAll(".menu-list :is(a, button)")];
    items.at((items.indexOf(event.target) + step) % items.length)?.focus();
  });
  // The icon of the window has a dot while something fails. The side bar says so, and is replaced as that changes.
  const side = document.querySelector(".side");
  const mark = () => {
    const icon = document.querySelector("link[rel=icon]");
    const href = side?.querySelector("[data-fails]") ? "/favicon-failing.svg" : "/favicon.svg";
    if (icon && icon.getAttribute("href") !== href) icon.href = href;
  };
  mark();
  if (side) new MutationObserver(mark).observe(side, { childList: true, subtree: true });
  // A message goes at once; without a script the page is loaded without it.
  addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (!dismiss) return;
    event.preventDefault();
    dismiss.closest(".toast").remove();
  });
  // A filter applies as it is chosen or typed: the parts of the list are replaced by their new selves.
  let asked = 0;
  const filter = async (form) => {
    const mine = ++asked;
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = `${form.getAttribute("action")}?${new URLSearchParams(pairs)}`.replace(/\?$/, "");
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    if (!answer.ok || !page.querySelector("[data-found=found]")) return location.assign(address);
    for (const part of page.querySelectorAll("[data-found]")) {
      const old = document.querySelector(`[data-found="${part.dataset.found}"]`);
      if (old) old.innerHTML = part.innerHTML;
    }
    history.replaceState(history.state, "", address);
  };
  let typing;
  addEventListener("input", ({ target }) => {
    const form = target.closest("form.filters:not(.by-button)");
    if (!form) return;
    clearTimeout(typing);
    typing = setTimeout(filter, target.localName === "select" ? 0 : 200, form);
  });
  // Credentials are searched as one types: the drop-down and the words about it are replaced.
  let sought = 0;
  const find = async (form) => {
    const mine = ++sought;
    const value = (name) => form.elements.namedItem(name)?.value ?? "";
    const typed = new URLSearchParams({ credential: value("credential"), search: value("search") });
    // An address is kept by browsers, and a URL may hold a password.
    if (!value("url").includes("@")) typed.set("url", value("url"));
    const answer = await fetch(`${location.pathname}?${typed}`).catch(() => Response.error());
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== sought) return;
    const shown = form.elements.namedItem("credential");
    const fresh = page.querySelector("select[name=credential]");
    if (!answer.ok || !shown || !fresh) return;
    const chosen = shown.value;
    shown.innerHTML = fresh.innerHTML;
    shown.value = chosen;
    const told = page.querySelector("[data-found-here]");
    if (told) form.querySelector("[data-found-here]").textContent = told.textContent;
  };
  addEventListener("input", ({ target }) => {
    if (!target.closest("[data-finds]")) return;
    clearTimeout(typing);
    typing = setTimeout(find, 200, target.form);
  });
  // Ticked rows: how many, all of them, a range with the shift key.
  const boxes = () => [...document.querySelectorAll("td.tick input")];
  const tell = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    for (const place of document.querySelectorAll("[data-ticked]")) place.textContent = `${ticked} ${place.dataset.ticked}`;
    const all = document.querySelector("[data-tick-all]");
    if (!all) return;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  let last;
  addEventListener("click", ({ target, shiftKey }) => {
    if (!target.matches("[data-tick-all], td.tick input")) return;
    const all = boxes();
    if (target.matches("[data-tick-all]")) {
      for (const box of all) box.checked = target.checked;
    } else {
      const range = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
      if (shiftKey && range[0] >= 0) for (const box of all.slice(range[0], range[1] + 1)) box.checked = target.checked;
      last = target;
    }
    tell();
  });
  addEventListener("reset", () => setTimeout(tell));
  tell();
  // How pages look changes at once; the cookie is kept by the form that would be sent without a script.
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!submitter || !("appearance" in form.dataset)) return;
    event.preventDefault();
    const { name, value } = submitter;
    document.documentElement.dataset[name] = value;
    for (const one of form.querySelectorAll("[aria-pressed]")) one.setAttribute("aria-pressed", String(one === submitter));
    // Whoever follows a link at once has chosen all the same.
    fetch(form.action, { method: "POST", body: new URLSearchParams({ [name]: value }), redirect: "manual", keepalive: true });
    if (name !== "side") return;
    submitter.value = value === "wide" ? "narrow" : "wide";
    submitter.title = value === "wide" ? "Fold the side bar" : "Unfold the side bar";
    submitter.setAttribute("aria-label", submitter.title);
  });
  // The exact time in the zone that was chosen: that of the browser, or UTC as the page has it.
  const zoned = ({ target }) => {
    const time = target.closest?.("time[title]");
    if (!time) return;
    time.dataset.utc ??= time.title;
    const inBrowser = document.documentElement.dataset.zone !== "utc";
    const format = { dateStyle: "long", timeStyle: "long" };
    time.title = inBrowser ? new Intl.DateTimeFormat("en", format).format(new Date(time.dateTime)) : time.dataset.utc;
  };
  addEventListener("pointerover", zoned);
  addEventListener("focusin", zoned);
  // What was deleted here is no place to come back to.
  const deleted = () => {
    try {
      return Object.keys(sessionStorage).filter((key) => key.startsWith("gone:")).map((key) => key.slice(5));
    } catch {
      // A browser that stores nothing has nothing to pass over.
      return [];
    }
  };
  const ids = deleted();
  const isGone = ids.some((id) => location.pathname.split("/").includes(id));
  const came = performance.getEntriesByType("navigation")[0]?.type;
  const reloads = ids.length > 0 && sessionStorage.getItem("reloads") !== null;
  if (reloads) sessionStorage.removeItem("reloads");
  if (isGone && (came === "back_forward" || reloads) && document.querySelector("[data-missing]")) history.back();
  addEventListener("pageshow", ({ persisted }) => {
    const page = document.documentElement;
    if (!persisted || !deleted().some((id) => page.outerHTML.includes(id))) return;
    page.hidden = true;
    sessionStorage.setItem("reloads", "1");
    location.reload();
  });
  // They come when the page needs them, and stay in the cache.
  if (follow && document.querySelector("[data-listening]")) import(follow).then((mod) => mod.follow());
  if (palette && document.querySelector("[data-palette]")) import(palette).then((mod) => mod.palette());
  if (forms && document.querySelector("main form[method=post]")) import(forms).then((mod) => mod.forms());
  if (!js || !document.querySelector("leptos-island")) {
    document.documentElement.dataset.awake = "";
    return;
  }
  const bytes = fetch(wasm);
  const mod = await import(js);
  await mod.default({ module_or_path: bytes });
  mod.hydrate();
  const parents = [];
  const walk = async (node) => {
    const island = node.localName === "leptos-island";
    const slot = node.localName === "leptos-children";
    if (island) {
      parents.at(-1)?.();
      await mod[node.dataset.component]?.(node);
    }
    if (slot) parents.push(node.$$on_hydrate);
    for (const child of [...node.children]) await walk(child);
    if (slot) parents.pop();
  };
  await walk(document.body);
  document.documentElement.dataset.awake = "";
};
wake(document.querySelector("script[data-js-url]").dataset);
