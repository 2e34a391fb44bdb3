// Files that are sent as soon as they are chosen, several at once, each with its progress. An addition: without it the
// field sends one file with its form. Loaded before Alpine on the pages that have such a field.
(() => {
  "use strict";

  const FAILED = "We could not send this. Check your connection and choose it again.";
  const TOO_LARGE = "This file is larger than 20 MB. Choose a smaller one.";

  const problemsIn = (html) => {
    const words = new DOMParser().parseFromString(html, "text/html").querySelectorAll("li");
    return [...words].map((item) => item.textContent.trim()).filter(Boolean);
  };

  // The server knows a file that arrives twice by its key, which must be another one for each file.
  const newKey = () => [...window.crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  document.addEventListener("alpine:init", () => {
    window.Alpine.data("upload", () => ({
      init() {
        this.zone = this.$root.querySelector("[data-upload]");
        this.input = this.zone?.querySelector("input[type=file]");
        if (!this.input) return;
        this.queue = Promise.resolve();
        this.sending = 0;
        this.input.multiple = true;
        this.zone.querySelector("[data-drop-hint]").hidden = false;
        this.input.addEventListener("change", () => {
          this.take(this.input.files);
          // What is on its way must not be sent once more with the form.
          this.input.value = "";
        });
        this.zone.addEventListener("dragover", (event) => this.over(event, true));
        this.zone.addEventListener("dragleave", (event) => this.over(event, false));
        this.zone.addEventListener("drop", (event) => {
          this.over(event, false);
          this.take(event.dataTransfer.files);
        });
        // What was chosen before all was said that the server has to know waits for it on this page.
        this.waiting = [];
        this.input.form.addEventListener("change", () => this.goOn());
      },
      companions() {
        return [...this.input.form.querySelectorAll("[data-with-file] :is(input, select)")];
      },
      goOn() {
        if (!this.companions().every((field) => field.checkValidity())) return;
        this.waiting.splice(0).forEach((start) => start());
        this.zone.querySelector("[data-waits]")?.setAttribute("hidden", "");
      },
      over(event, isOver) {
        event.preventDefault();
        this.zone.classList.toggle("bg-sunken", isOver);
      },
      take(files) {
        this.zone.querySelector("[data-refused]").replaceChildren();
        [...files].forEach((file) => {
          const line = this.line(file);
          this.hold(1);
          this.waiting.push(() => {
            this.queue = this.queue.then(() => this.send(file, line)).finally(() => {
              line.remove();
              this.hold(-1);
            });
          });
        });
        this.zone.querySelector("[data-waits]")?.removeAttribute("hidden");
        this.goOn();
      },
      // Saving leaves the page, and would cut off what is on its way.
      hold(change) {
        this.sending += change;
        this.input.form.querySelector("button").disabled = this.sending > 0;
      },
      line(file) {
        const line = this.$root.querySelector("template[data-progress]").content.firstElementChild.cloneNode(true);
        line.querySelector("[data-name]").textContent = file.name;
        line.querySelector("progress").setAttribute("aria-label", `Sending ${file.name}`);
        this.zone.querySelector("[data-sending]").append(line);
        return line;
      },
      send(file, line) {
        const form = this.input.form;
        const body = new FormData();
        body.append("file", file);
        body.append("idempotency_key", newKey());
        // What else the server has to know of each file, such as its kind.
        this.companions().forEach((field) => {
          if (field.type !== "radio" || field.checked) body.append(field.name, field.value);
        });
        return new Promise((done) => {
          const request = new XMLHttpRequest();
          request.open("POST", this.$root.dataset.url);
          request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
          request.setRequestHeader("HX-Request", "true");
          request.setRequestHeader("HX-Current-URL", window.location.href);
          request.upload.addEventListener("progress", (event) => this.show(line, event));
          request.addEventListener("load", () => { this.answered(request, file); done(); });
          request.addEventListener("error", () => { this.refuse(file, [FAILED]); done(); });
          request.send(body);
        });
      },
      show(line, event) {
        if (!event.lengthComputable) return;
        const percent = Math.round((event.loaded / event.total) * 100);
        line.querySelector("progress").value = percent;
        line.querySelector("[data-percent]").textContent = `${percent}%`;
      },
      answered(request, file) {
        const elsewhere = request.getResponseHeader("HX-Redirect");
        if (elsewhere) {
          window.location.assign(elsewhere);
        } else if (request.status === 200) {
          this.forget();
          window.htmx.swap(`#${this.$root.dataset.list}`, request.responseText, { swapStyle: "outerHTML" });
        } else if (request.status === 413) {
          this.refuse(file, [TOO_LARGE]);
        } else {
          const problems = [409, 422].includes(request.status) ? problemsIn(request.responseText) : [];
          this.refuse(file, problems.length ? problems : [FAILED]);
        }
      },
      // What was drawn as wrong of the file, and of what goes with it, is right by now.
      forget() {
        [this.input, ...this.companions()].forEach((field) => {
          field.removeAttribute("aria-invalid");
          document.getElementById(`${field.id}_error`)?.remove();
          this.$root.querySelector(`[data-problems] a[href="#${field.id}"]`)?.closest("li").remove();
        });
        const summary = this.$root.querySelector("[role=alert][data-problems]");
        if (!summary?.querySelector("li")) summary?.remove();
      },
      refuse(file, problems) {
        problems.forEach((problem) => {
          const words = document.createElement("p");
          words.className = "mt-1.5 font-semibold break-words text-danger";
          words.textContent = `${file.name}: ${problem}`;
          this.zone.querySelector("[data-refused]").append(words);
        });
      },
    }));
  });
})();
