// The officers' pages: what was typed is never lost.
(() => {
  const REGION = "[data-keeps-typing]";
  let kept = null;

  const fieldsOf = (root) => root.querySelectorAll("input:not([type=hidden]), textarea, select");

  const isTick = (field) => field.type === "checkbox" || field.type === "radio";

  const nameOf = (field) =>
    [field.form?.getAttribute("action"), field.name, isTick(field) ? field.value : ""].join(" ");

  function isChanged(field) {
    if (isTick(field)) return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  }

  // What stands in the other forms, and which parts are open, beside the form that is being answered.
  function keep(region, sent) {
    const typed = new Map();
    for (const field of fieldsOf(region)) {
      if (field.form !== sent && isChanged(field)) typed.set(nameOf(field), isTick(field) ? field.checked : field.value);
    }
    const open = [...region.querySelectorAll("details[open][id]")].filter((part) => !part.contains(sent));
    kept = { typed, open: open.map((part) => part.id) };
  }

  function giveBack(region) {
    for (const field of fieldsOf(region)) {
      const value = kept.typed.get(nameOf(field));
      if (value === undefined) continue;
      if (isTick(field)) field.checked = value;
      else field.value = value;
    }
    for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
    kept = null;
  }

  function tell(failed) {
    const notice = document.getElementById("verification-notice");
    if (!notice) return;
    notice.hidden = !failed;
    if (failed) notice.focus();
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, requestConfig } = event.detail;
    // A sign-in page or a refused form: not the answer that was asked for, and no reason to lose the page.
    if (event.detail.shouldSwap && target.id && !serverResponse.includes(`id="${target.id}"`)) {
      event.detail.shouldSwap = false;
      tell(true);
      return;
    }
    if (!event.detail.shouldSwap) return;
    tell(false);
    if (target.matches(REGION)) keep(target, requestConfig.elt);
  });

  document.addEventListener("htmx:afterSwap", () => {
    const region = document.querySelector(REGION);
    if (kept && region) giveBack(region);
  });

  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(failure, () => tell(true));
  }
})();
