// After signing out, or handing the device over, going back must not bring up what staff had open before.
"use strict";
addEventListener("pageshow", event => { if (event.persisted) location.reload(); });

// After a while without use the server asks for the password again. Say so before, and keep what was typed.
{
  const rest = document.querySelector("[data-rests-after]");
  const form = rest?.querySelector("form");
  let since = Date.now(), typed = false;
  const stayed = () => { since = Date.now(); rest.hidden = true; };
  const look = () => {
    const left = rest.dataset.restsAfter * 1000 - (Date.now() - since);
    if (left > 120000) return;
    rest.hidden = false;
    if (left > 0) return;
    // What patients told does not stand on a screen that nobody looks at; what was typed stays.
    if (!typed && rest.dataset.leave) location.replace(location.href);
    rest.querySelector("p").textContent = rest.dataset.over;
    form.hidden = true;
  };
  if (rest) {
    addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", async event => {
      event.preventDefault();
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
        .catch(() => null);
      if (answer?.status === 204) stayed();
    });
    setInterval(look, 5000);
  }
}
