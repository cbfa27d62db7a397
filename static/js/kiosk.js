// A tablet that goes from hand to hand: it is emptied when nobody touches it, and never shows what stood there before.
(() => {
  "use strict";
  const ASK_AFTER = 60, EMPTY_AFTER = 20, RECEIPT = 20; // seconds without a touch
  const dialog = document.querySelector("dialog");
  const fresh = (document.querySelector("[data-fresh]") || {}).dataset?.fresh || document.querySelector("a.leave")?.href;
  if (!fresh) return;
  const fields = () => document.querySelectorAll("input:not([type=hidden]), textarea");
  let touched = Date.now();

  // Nothing is left on the page that going back could bring up again.
  const empty = () => {
    for (const form of document.forms) form.reset();
    for (const field of fields()) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    document.querySelector("main").hidden = true;
  };
  const startAgain = () => { empty(); location.replace(fresh); };

  const touch = () => { if (!dialog?.open) touched = Date.now(); };
  for (const kind of ["pointerdown", "keydown", "input", "scroll", "touchstart"])
    addEventListener(kind, touch, { capture: true, passive: true });
  if (dialog) {
    dialog.querySelector("button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { touched = Date.now(); });
  }
  const typed = () => [...fields()].some(field => field.type !== "radio" && field.value);
  const picked = () => document.querySelector("[data-picked], a.leave"); // a language, or the staff's page

  setInterval(() => {
    const still = (Date.now() - touched) / 1000;
    if (dialog) {
      if (still >= ASK_AFTER + EMPTY_AFTER) startAgain();
      else if (still >= ASK_AFTER && !dialog.open) dialog.showModal();
    } else if (document.forms[0]?.method === "get") { // a receipt
      if (still >= RECEIPT) startAgain();
    } else if (still >= ASK_AFTER && (typed() || picked())) startAgain();
  }, 1000);

  // A page that is sent into nowhere is replaced by the browser's own, and the answers are gone from sight.
  const unsent = document.getElementById("no-network");
  if (unsent) document.addEventListener("submit", event => {
    unsent.hidden = navigator.onLine;
    if (!navigator.onLine) {
      event.preventDefault();
      unsent.scrollIntoView({ block: "center" });
    }
  });

  // Brought back from the browser's memory: still this visit's own page, not sent yet? Otherwise it goes.
  addEventListener("pageshow", async event => {
    if (!event.persisted) return;
    if (!dialog) { location.reload(); return; }
    const main = document.querySelector("main"), attempt = document.forms[0].elements.attempt?.value.slice(0, 20);
    main.hidden = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
      if (!answer.ok || !attempt || !(await answer.text()).includes(attempt)) { startAgain(); return; }
    } catch { /* no network, so nothing was sent: keep what is here */ }
    main.hidden = false;
  });

  // Starting again takes this page out of the history too.
  document.querySelector("a.leave")?.addEventListener("click", event => {
    event.preventDefault();
    startAgain();
  });
})();
