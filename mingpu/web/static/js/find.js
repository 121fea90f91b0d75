// The list under the search box: shown while it has something, walked with the arrow keys, closed with Escape.
import { each } from "./awake.js";

function open(form) {
  const input = form.querySelector("input");
  const list = form.querySelector(".find-list");
  const show = (on) => {
    list.hidden = !on || !list.querySelector("a");
  };
  list.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.requestConfig.verb === "post") input.focus(); // the button that was pressed is gone
    show(form.contains(document.activeElement));
  });
  input.addEventListener("focus", () => show(true));
  document.addEventListener("click", (event) => form.contains(event.target) || show(false));
  form.addEventListener("focusout", (event) => event.relatedTarget && !form.contains(event.relatedTarget) && show(false));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.focus();
      show(false);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || list.hidden) return;
    event.preventDefault();
    const stops = [input, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    stops[(at + step + stops.length) % stops.length].focus();
  });
}

export function find(root) {
  each(root, "[data-find]", open);
}
