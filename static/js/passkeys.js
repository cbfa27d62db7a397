// Passkeys: the browser is asked for one, and what it says goes along with the form. Shown only where that can work.
"use strict";
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), sign => sign.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function asked(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const one of options.excludeCredentials || []) one.id = bytes(one.id);
  return { publicKey: options };
}

function told(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {},
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.closest("[hidden]")?.removeAttribute("hidden");
  form.addEventListener("submit", async event => {
    if (!form.checkValidity()) return;
    event.preventDefault();
    const problem = form.querySelector("[role=status]");
    try {
      const options = asked(JSON.parse(form.dataset.options));
      const credential = form.dataset.passkey === "add"
        ? await navigator.credentials.create(options) : await navigator.credentials.get(options);
      form.elements.passkey.value = told(credential);
      form.submit();
    } catch (error) {
      problem.textContent = error.name === "InvalidStateError" ? problem.dataset.known : problem.dataset.refused;
    }
  });
}
