// The filters beside a list, which are a sheet on a phone: Tab stays inside while it is open, Escape or a tap beside it
// closes it, and focus goes back to where it came from. After a list was drawn anew, focus is at its heading.
import { each } from "./awake.js";

const OPEN = "#filters";
const close = () => {
  if (location.hash === OPEN) location.hash = "results";
};

export function sheet(root) {
  each(root, ".filters", (box) => {
    box.addEventListener("click", (event) => event.target === box && close());
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Tab" || location.hash !== OPEN || getComputedStyle(box).position !== "fixed") return;
      const stops = [...box.querySelectorAll("a, button, input:not([type=hidden]), summary")].filter((it) => it.offsetParent);
      const [first, last] = [stops[0], stops.at(-1)];
      const out = event.shiftKey ? [first, box].includes(document.activeElement) : document.activeElement === last;
      if (!out) return;
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    });
  });
}

export function sheets() {
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  window.addEventListener("hashchange", (event) => {
    if (event.newURL.endsWith(OPEN)) document.querySelector(OPEN)?.focus();
    else if (event.oldURL.endsWith(OPEN)) document.querySelector(".filters-open")?.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "results" && document.activeElement === document.body) {
      event.target.querySelector("h1")?.focus({ preventScroll: true });
    }
  });
}
