(async (js, wasm) => {
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
  if (!js || !document.querySelector("leptos-island")) return;
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
})
