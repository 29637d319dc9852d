// What forms do beyond sending: a button says that its work is under way, and who leaves a form with changes in it
// is asked once more.
const WORDS = {
  Add: "Adding…", Allow: "Allowing…", Create: "Creating…", Delete: "Deleting…", Disconnect: "Disconnecting…",
  Discard: "Discarding…", Resume: "Resuming…", Save: "Saving…", "Sync now": "Starting…", Withdraw: "Withdrawing…",
};
// A wait that is shorter needs no words.
const SHORT = 300;

const touched = new Set();
let sent;

const isChanged = (field) => {
  if (field.type === "hidden" || field.type === "submit" || !field.name) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.localName !== "select") return "defaultValue" in field && field.value !== field.defaultValue;
  const options = [...field.options];
  const usual = options.find((option) => option.defaultSelected) ?? options[0];
  return field.value !== usual?.value;
};

const ask = (event) => {
  const left = [...touched].filter((form) => form !== sent && form.isConnected);
  if (left.some((form) => [...form.elements].some(isChanged))) event.preventDefault();
};

const textOf = (button) =>
  [...button.childNodes].findLast((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");

// The words of a button while its form is on its way; answers what takes them back.
const pend = (button) => {
  const text = textOf(button);
  if (!text) return () => undefined;
  const label = text.data;
  const timer = setTimeout(() => {
    button.style.minInlineSize = `${button.offsetWidth}px`;
    text.data = WORDS[label.trim()] ?? `${label.trim().replace(/…$/, "")}…`;
  }, SHORT);
  return () => {
    clearTimeout(timer);
    text.data = label;
    button.style.minInlineSize = "";
  };
};

const pending = new WeakSet();

const submit = (event) => {
  const { target: form, submitter: button } = event;
  if (form.method !== "post" || "appearance" in form.dataset || "file" in form.dataset) return;
  // A second click does not send twice.
  if (pending.has(form)) return event.preventDefault();
  pending.add(form);
  sent = form;
  // A test tells its stages itself.
  const words = button && !("test" in button.dataset) ? pend(button) : () => undefined;
  const rest = () => {
    words();
    pending.delete(form);
    if (sent === form) sent = undefined;
  };
  // Only now is it known whether the form is sent in the background.
  setTimeout(() => {
    if (!event.defaultPrevented) {
      addEventListener("pageshow", ({ persisted }) => persisted && rest(), { once: true });
      return;
    }
    if (!("busy" in form.dataset)) return rest();
    const answered = new MutationObserver(() => {
      if ("busy" in form.dataset) return;
      answered.disconnect();
      rest();
    });
    answered.observe(form, { attributeFilter: ["data-busy"] });
  });
};

export const forms = () => {
  addEventListener("submit", submit);
  addEventListener("input", ({ target }) => {
    const form = target.closest?.(".frame form.form[method=post]");
    if (!form || touched.has(form)) return;
    touched.add(form);
    // It is set when it is needed: browsers keep no page that listens for this.
    if (touched.size === 1) addEventListener("beforeunload", ask);
  });
  // Who cancels or loads what is stored now wants to lose what was typed.
  addEventListener("click", ({ target }) => {
    const link = target.closest?.("form.form :is(.actions, [data-conflict]) a[href]");
    if (link) touched.delete(link.closest("form"));
  });
};
