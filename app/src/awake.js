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
