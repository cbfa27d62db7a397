// Three comforts on the questionnaire; everything works without them.
(() => {
  "use strict";
  // Once the answers have arrived, going back must not show them to whoever holds the device next. If they have
  // not arrived (no network, say), they must stay on the page: so ask the link before drawing it anew.
  let sent = false;
  document.addEventListener("submit", event => {
    // A page that is sent into nowhere is replaced by the browser's own, and the answers are gone from sight.
    const unsent = document.getElementById("no-network");
    if (unsent) unsent.hidden = navigator.onLine;
    if (unsent && !navigator.onLine) {
      event.preventDefault();
      unsent.focus();
      return;
    }
    sent = true;
  });
  addEventListener("pageshow", async event => {
    if (!event.persisted || !sent) return;
    try {
      const page = await (await fetch(location.href, { cache: "no-store" })).text();
      if (!page.includes('name="attempt"')) location.reload();
    } catch { /* no network: keep what is here */ }
  });
  // Leaving takes this page out of the history too.
  document.querySelector("a.leave").addEventListener("click", event => {
    event.preventDefault();
    location.replace(event.currentTarget.href);
  });
})();
