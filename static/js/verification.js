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

  function tell(failed, words = "lost") {
    const notice = document.getElementById("verification-notice");
    if (!notice) return;
    for (const said of notice.querySelectorAll("[data-when]")) said.hidden = said.dataset.when !== words;
    notice.hidden = !failed;
    if (failed) notice.focus();
  }

  // Signing in again makes the forms' tokens those of the past. The same officer gets new ones, and sends what was typed.
  async function renew() {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const officer = page.getElementById("verification-notice")?.dataset.officer;
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token || officer !== document.getElementById("verification-notice").dataset.officer) return;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    tell(true, "renewed");
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, requestConfig } = event.detail;
    // A sign-in page or a refused form: not the answer that was asked for, and no reason to lose the page.
    if (event.detail.shouldSwap && target.id && !serverResponse.includes(`id="${target.id}"`)) {
      event.detail.shouldSwap = false;
      tell(true);
      if (event.detail.xhr.status === 403) renew();
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
