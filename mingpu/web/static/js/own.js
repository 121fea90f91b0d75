// What a person does with things of their own: a choice that outruns an answer, hearts in a list, photos before they are
// sent, one number from the contacts.
import { each } from "./awake.js";

// An answer to an earlier choice never undoes a later one: it is dropped, and the request that waits brings the next.
export function live(root) {
  each(root, "[data-live]", (form) => {
    let turn = 0;
    let sent = 0;
    const turned = () => {
      turn += 1;
    };
    form.addEventListener("change", turned, true);
    form.addEventListener("click", (event) => event.target.closest("button") && turned(), true);
    form.addEventListener("htmx:beforeRequest", () => {
      sent = turn;
    });
    form.addEventListener("htmx:beforeSwap", (event) => {
      if (sent !== turn) event.detail.shouldSwap = false;
    });
  });
}

export function hearts(root) {
  each(root, "[data-hearts]", (box) => {
    const mine = new Set(box.dataset.hearts.split(" "));
    for (const heart of box.querySelectorAll("[data-heart]")) {
      const draw = (on) => {
        heart.setAttribute("aria-pressed", on);
        heart.value = !on;
      };
      heart.name = "marked";
      heart.hidden = false;
      draw(mine.has(heart.dataset.heart));
      heart.addEventListener("htmx:afterRequest", (event) => {
        if (event.detail.successful) draw(heart.value === "true");
      });
    }
  });
}

export function uploads(root) {
  each(root, "[data-upload]", (form) => {
    const list = form.querySelector("[data-preview]");
    const bar = form.querySelector("[data-progress]");
    form.elements.file.addEventListener("change", (event) => {
      list.replaceChildren();
      for (const file of event.target.files) {
        const item = list.appendChild(document.createElement("li"));
        if (!file.type.startsWith("image/")) {
          item.textContent = file.name;
          continue;
        }
        const reader = new FileReader();
        reader.addEventListener("load", () => {
          const picture = new Image(160, 160);
          picture.alt = file.name;
          picture.src = reader.result;
          picture.className = "pic";
          item.append(picture);
        });
        reader.readAsDataURL(file);
      }
    });
    form.addEventListener("htmx:xhr:progress", ({ detail }) => {
      bar.hidden = false;
      if (detail.lengthComputable) bar.value = (100 * detail.loaded) / detail.total;
    });
  });
}

export function contacts(root) {
  if (!navigator.contacts) return;
  each(root, "[data-contacts]", (button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const [one] = await navigator.contacts.select(["tel"]).catch(() => []);
      if (!one?.tel?.[0]) return;
      const field = document.getElementById(button.dataset.contacts);
      field.value = one.tel[0].replace(/^\+86|\D/g, "");
      field.form.elements.picked.value = "1";
    });
  });
}
