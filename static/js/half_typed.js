// A day, a time or a number of which the browser can read only a part is sent as if nothing had been typed: time off
// without its last day, a note shown at once. Its form waits, and the browser says beside the field what it cannot read.
// Everything else that may be wrong is for the server to say, so no form asks the browser for it (`novalidate`).
(() => {
  "use strict";

  const show = (field) => {
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    return field.getClientRects().length > 0;
  };

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    // A filter left out is told by what is found; and to throw a draft away nothing in it has to be readable.
    if (form.method !== "post" || submitter?.hasAttribute("formaction")) return;
    const field = [...form.elements].find((one) => one.validity?.badInput && show(one));
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.reportValidity();
  }, true);
})();
