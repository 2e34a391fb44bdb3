// Passkeys: what the browser proves goes into a hidden field of an ordinary form. Loaded on the pages that have such a
// form (`data-passkey`); its button is shown from here, for it does nothing without scripts.
(() => {
  "use strict";

  const { webauthnJSON } = window;

  const options = async (form) => {
    const given = document.getElementById("passkey-options");
    if (given) return JSON.parse(given.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("No options for a passkey");
    return answer.json();
  };

  const credential = async (form) => {
    const { creation_options: toMake, request_options: toUse } = await options(form);
    if (toUse) return webauthnJSON.get(toUse);
    // It stands for the password too: it must be found without a name, and know its owner.
    Object.assign(toMake.publicKey.authenticatorSelection, {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
    return webauthnJSON.create(toMake);
  };

  const prove = async (form, problem) => {
    const button = form.querySelector("button");
    button.disabled = true;
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await credential(form));
      form.submit();
    } catch {
      button.disabled = false;
      problem.hidden = false;
      problem.focus();
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-passkey-problem]");
    form.querySelector("[data-passkey-button]").hidden = !(window.PublicKeyCredential && webauthnJSON);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      prove(form, problem);
    });
  }
})();
