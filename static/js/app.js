// What the pages need beyond links and forms: Alpine components for menus, dialogs and tabs, and care for the
// reader's focus after htmx has changed a part of the page. Everything here is an addition: without it, pages work.
(() => {
  "use strict";

  const said = [];
  const announce = (text) => {
    const region = document.getElementById("announcer");
    if (!region || !text) return;
    region.textContent = "";
    // A region that gets the same words twice is only read again when it was empty in between. What several parts of one
    // answer say is said together: each would take the last one's place.
    if (said.includes(text) || said.push(text) > 1) return;
    window.setTimeout(() => { region.textContent = said.splice(0).join(" "); }, 50);
  };

  const focusOn = (element) => {
    if (!element) return false;
    if (!element.matches("a, button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
    element.focus();
    return true;
  };

  const showToast = ({ message, kind = "info" }) => {
    const template = document.getElementById(`toast-${kind}`);
    const region = document.getElementById("toasts");
    if (!template || !region || !message) return null;
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.querySelector("[data-toast-text]").textContent = message;
    region.append(toast);
    return toast;
  };

  document.addEventListener("alpine:init", () => {
    const { Alpine } = window;

    Alpine.data("modal", () => ({
      open(event) {
        event.preventDefault();
        this.$refs.dialog.showModal();
      },
      close() {
        this.$refs.dialog.close();
      },
    }));

    // A <details> that behaves like a menu: Escape, a press elsewhere and a reader who goes on close it. In one that
    // lies in another, Escape closes the inner one first.
    Alpine.data("disclosure", () => ({
      init() {
        this.outside = (event) => { if (!this.$root.contains(event.target)) this.$root.open = false; };
        document.addEventListener("click", this.outside);
        this.$root.addEventListener("keydown", (event) => {
          if (event.key !== "Escape" || !this.$root.open) return;
          event.stopPropagation();
          this.$root.open = false;
          this.$root.querySelector("summary").focus();
        });
        this.$root.addEventListener("focusout", (event) => {
          if (event.relatedTarget && !this.$root.contains(event.relatedTarget)) this.$root.open = false;
        });
      },
      destroy() {
        document.removeEventListener("click", this.outside);
      },
    }));

    // A bar that leads to a part of the page goes while the reader is there: pressing it again would do nothing.
    Alpine.data("stickyBar", () => ({
      init() {
        const part = document.getElementById(this.$root.querySelector("a").hash.slice(1));
        const hide = ([seen]) => this.$root.classList.toggle("invisible", seen.isIntersecting);
        this.watch = new IntersectionObserver(hide, { rootMargin: "0px 0px -60% 0px" });
        if (part) this.watch.observe(part);
      },
      destroy() {
        this.watch.disconnect();
      },
    }));

    // Without this the panels stand one below the other under their own headings.
    Alpine.data("tabs", () => ({
      init() {
        const panels = [...this.$root.querySelectorAll(":scope > [data-tab]")];
        const list = document.createElement("div");
        list.setAttribute("role", "tablist");
        list.setAttribute("aria-label", this.$root.getAttribute("aria-label") || "");
        this.$root.removeAttribute("aria-label");
        list.className = "flex gap-1 overflow-x-auto border-b border-line";
        this.tabs = panels.map((panel) => this.tabFor(panel, panels));
        list.append(...this.tabs);
        this.$root.prepend(list);
        list.addEventListener("keydown", (event) => this.move(event));
        const wanted = panels.findIndex((panel) => `#${panel.id}` === window.location.hash);
        this.select(Math.max(wanted, 0));
      },
      tabFor(panel, panels) {
        const tab = document.createElement("button");
        tab.type = "button";
        tab.id = `${panel.id}-tab`;
        tab.textContent = panel.dataset.tab;
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-controls", panel.id);
        tab.className = "-mb-px min-h-11 cursor-pointer border-b-2 border-transparent px-4 font-semibold whitespace-nowrap "
          + "text-soft hover:text-ink aria-selected:border-teal aria-selected:text-teal";
        tab.addEventListener("click", () => this.select(panels.indexOf(panel)));
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        panel.querySelector("[data-tab-title]")?.classList.add("sr-only");
        return tab;
      },
      select(chosen) {
        this.tabs.forEach((tab, index) => {
          tab.setAttribute("aria-selected", String(index === chosen));
          tab.tabIndex = index === chosen ? 0 : -1;
          document.getElementById(tab.getAttribute("aria-controls")).hidden = index !== chosen;
        });
      },
      move(event) {
        const last = this.tabs.length - 1;
        const at = this.tabs.indexOf(document.activeElement);
        const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        this.select(next);
        this.tabs[next].focus();
      },
    }));

    // A field whose text is to be carried elsewhere. Without this people select it and copy it themselves.
    Alpine.data("copyable", () => ({
      init() {
        this.$refs.copy.hidden = !navigator.clipboard;
      },
      async copy() {
        const field = this.$refs.text;
        field.select();
        try {
          await navigator.clipboard.writeText(field.value);
          announce("Copied");
          this.$refs.copy.querySelector("[data-said]").textContent = "Copied";
        } catch {
          announce("Press Control and C, or Command and C, to copy it");
        }
      },
    }));

    // What was fetched beside a list: closing it leads back to the link that opened it.
    Alpine.data("panel", () => ({
      init() {
        this.$root.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
      },
      close() {
        const opener = document.getElementById(this.$root.dataset.opener);
        this.$root.remove();
        focusOn(opener);
      },
    }));

    Alpine.data("toast", () => ({
      dismiss() {
        this.$root.remove();
      },
    }));
  });

  // Where the reader's clock shows another time than the clinic's, a second line says it.
  const clockIn = (timeZone, at) => new Intl.DateTimeFormat("en-GB", {
    weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", hour12: true, timeZone,
  }).format(at).replace(/\s([ap]m)$/i, "$1");
  const zoneIn = (timeZone, at) => new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longGeneric" })
    .formatToParts(at).find((part) => part.type === "timeZoneName").value;
  const tellOwnTimes = (part) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    part.querySelectorAll("[data-own-time][hidden]").forEach((line) => {
      const at = new Date(line.dataset.ownTime);
      const own = clockIn(timeZone, at);
      if (own === clockIn(line.dataset.zone, at)) return;
      line.append(` ${own} (${zoneIn(timeZone, at)}).`);
      line.hidden = false;
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    tellOwnTimes(document);
    focusOn(document.querySelector("[data-focus]"));
    document.body.addEventListener("toast", (event) => showToast(event.detail));
  });

  // A form that changes with each choice (search filters) sends itself; its button stays for those without scripts.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });

  // Whoever types a year is at the year 2, 20 and 202 on the way: nothing is asked for, and nobody told off, by then.
  document.addEventListener("change", (event) => {
    if (event.target.type === "date" && event.target.value.startsWith("0")) event.stopPropagation();
  }, true);

  // The messages beside a field came again: the field is marked by them as a whole page would have it.
  const markField = (part) => {
    document.getElementById(part.dataset.errorsOf).setAttribute("aria-invalid", String(part.childElementCount > 0));
  };

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment: { firstElementChild: part } } = event.detail;
    // A list that the reader has gone on to may stand open; another in its place would close it under their finger.
    if (target.matches("select") && target === document.activeElement) event.detail.shouldSwap = false;
    // What is wrong with a field is told once, and not with each answer until it is mended.
    const isNew = part.dataset.wrong !== target.dataset.wrong || part.textContent !== target.textContent;
    if (part.dataset.errorsOf && isNew) part.dataset.announce = part.textContent;
  });

  // A part that is swapped while the reader goes on may hold their focus. What has an id htmx finds again; where that is
  // gone, the focus goes to the part's heir.
  let held = null;
  document.addEventListener("htmx:beforeSwap", () => { held = document.activeElement; });
  const keepFocus = () => {
    if (held?.isConnected !== false || document.activeElement !== document.body) return;
    focusOn(document.getElementById(held.closest("[data-heir]")?.dataset.heir));
  };

  const within = (part, selector) => (part.matches(selector) ? part : part.querySelector(selector));

  const isPressed = (event) => ["click", "submit"].includes(event.detail.requestConfig?.triggeringEvent?.type);

  // What a form was drawn with as wrong is told no longer, once a part of it has saved what stands there now.
  const forgetProblems = (form) => {
    form.querySelectorAll("[data-problems]").forEach((part) => part.remove());
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  };

  // The title says that something is wrong for as long as the page does.
  const nameAllRight = () => {
    if (document.querySelector("[data-problems], [role=alert]:not([hidden], :empty)")) return;
    document.title = document.title.replace(/^Problem: /, "");
  };

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    if (part.dataset.errorsOf) markField(part);
    if (within(part, "[data-all-right]")) forgetProblems(part.closest("form"));
    nameAllRight();
    keepFocus();
    tellOwnTimes(part.parentElement ?? part);
    // What the reader pressed moves their focus to what came of it; what a page fetches by itself does not.
    if (!focusOn(within(part, "[data-focus]")) && isPressed(event)) focusOn(within(part, "[data-focus-after-swap]"));
    announce(within(part, "[data-announce]")?.dataset.announce);
  });

  // Where two things were pressed one after the other, what the first brought took the place that the second's is for.
  const findAgain = (event) => {
    const { target } = event.detail;
    if (!target.isConnected) event.detail.target = document.getElementById(target.id) ?? target;
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { target } = event.detail;
    target?.setAttribute("aria-busy", "true");
    if (isPressed(event)) target?.addEventListener("htmx:beforeSwap", findAgain);
  });
  document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));

  // A part of the page that saves by itself says that it did not; its next answer takes the words away again.
  const tellFailed = (event) => {
    event.detail.target?.querySelectorAll("[data-when-failed]").forEach((part) => { part.hidden = false; });
  };
  document.addEventListener("htmx:responseError", tellFailed);
  document.addEventListener("htmx:sendError", tellFailed);

  // A failure is told once, however often a page asks again by itself, and until the same or what is pressed next succeeds.
  let failure = null;
  const tellFailure = (event, message) => {
    if (failure?.toast.isConnected && failure.message === message && !isPressed(event)) return;
    failure?.toast.remove();
    failure = { message, path: event.detail.pathInfo.requestPath, toast: showToast({ kind: "error", message }) };
  };
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    tellFailure(event, {
      // Whoever has signed in again since has a page with a token of the past.
      403: "We could not do that. Load this page again, and then try once more.",
      429: "That was too many requests. Wait a minute and try again.",
    }[status] ?? "We could not do that. Please try again.");
  });
  document.addEventListener("htmx:sendError", (event) => {
    // Of a connection that is gone one notice is enough; whoever presses something hears it once more.
    if (!offline?.isConnected) tellFailure(event, "We could not reach MedConsult. Check your connection and try again.");
    else if (isPressed(event)) tellOffline();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, pathInfo } = event.detail;
    if (!failure || !successful || !(isPressed(event) || pathInfo.requestPath === failure.path)) return;
    failure.toast.remove();
    failure = null;
  });

  // Without a connection the answer to a form would be the browser's own page of an error, and what was typed be lost.
  // A browser may say that it is offline where MedConsult is on the same machine, so that is tried before it is believed.
  const isReached = () => fetch(document.querySelector("link[rel=stylesheet]").href, { method: "HEAD", cache: "no-store" })
    .then(() => true, () => false);
  let offline = null;
  const tellOffline = () => {
    offline?.remove();
    failure?.toast.remove();
    offline = showToast({
      kind: "warning",
      message: "You are offline. This page stays open and keeps what you typed: send it when the connection is back.",
    });
  };
  window.addEventListener("offline", async () => { if (!await isReached()) tellOffline(); });
  window.addEventListener("online", () => {
    if (!offline) return;
    offline.remove();
    offline = null;
    announce("You are back online.");
  });
  let passed = null;
  let waiting = null;
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (navigator.onLine || event.defaultPrevented || form === passed) return;
    event.preventDefault();
    // A second press while the first finds out sends nothing twice.
    if (form === waiting) return;
    waiting = form;
    const reached = await isReached();
    waiting = null;
    if (!reached) {
      tellOffline();
      return;
    }
    passed = form;
    form.requestSubmit(submitter);
    passed = null;
  });
})();
