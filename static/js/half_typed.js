// A day, a time or a number of which the browser can read only a part is sent as if nothing had been typed: time off
// without its last day, a note shown at once. Where a form leaves checking to the server, the browser alone can say so.
(() => {
  "use strict";

  const show = (field) => {
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    return field.getClientRects().length > 0;
  };

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    // To throw a draft away nothing in it has to be readable.
    if (!form.noValidate || submitter?.formNoValidate) return;
    const field = [...form.elements].find((one) => one.validity?.badInput && show(one));
    // A search goes out without what it cannot read; nothing is changed by half of what was meant.
    if (field && form.method === "post") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    field?.reportValidity();
  }, true);
})();
