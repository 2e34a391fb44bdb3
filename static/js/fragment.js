// Fills a field from behind the # of the address, which browsers keep to themselves, and takes it out of the address:
// neither the history nor a link that somebody copies holds it any longer. Without this it is typed.
(() => {
  "use strict";

  const fill = () => {
    const said = new URLSearchParams(window.location.hash.slice(1));
    document.querySelectorAll("[data-from-fragment]").forEach((field) => {
      const value = said.get(field.dataset.fromFragment);
      if (!value) return;
      field.value = value;
      window.history.replaceState(null, "", window.location.pathname);
    });
  };

  fill();
  window.addEventListener("hashchange", fill);
})();
