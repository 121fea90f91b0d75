// Products chosen for comparison, in this tab's session alone; without script each link opens a comparison of its own.
import { each } from "./awake.js";

const MOST = 4;
const chosen = () => (sessionStorage.getItem("compare") ?? "").split(",").filter(Boolean);

function keep(ids) {
  sessionStorage.setItem("compare", ids.join());
  for (const it of document.querySelectorAll("[data-compare]")) it.classList.toggle("on", ids.includes(it.dataset.compare));
  const bar = document.querySelector(".compare-bar");
  if (!bar) return;
  bar.hidden = !ids.length;
  bar.firstElementChild.href = `/compare?ids=${ids}`;
  bar.querySelector("b").textContent = `${ids.length}/${MOST}`;
}

export function comparison(root) {
  if (!navigator.cookieEnabled) return; // such a browser has no session to keep things in
  each(root, "[data-compared]", (page) => keep(page.dataset.compared.split(",").filter(Boolean)));
  each(root, ".compare-bar button", (it) => it.addEventListener("click", () => keep([])));
  each(root, "[data-compare]", (link) => link.addEventListener("click", (event) => {
    const ids = chosen();
    const id = link.dataset.compare;
    if (ids.length >= MOST && !ids.includes(id)) return;
    event.preventDefault();
    keep(ids.includes(id) ? ids.filter((it) => it !== id) : [...ids, id]);
  }));
  keep(chosen());
}
