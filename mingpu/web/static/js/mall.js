// Entry of the mall's own scripts. Every page works without them; they spare reloads and taps.
import { comparison } from "./compare.js";
import { find } from "./find.js";
import { contacts, hearts, live, uploads } from "./own.js";
import { counts, gallery, picker } from "./product.js";
import { share } from "./share.js";
import { sheet, sheets } from "./sheet.js";
import { countdowns, resend } from "./time.js";
import { say, toasts } from "./toast.js";

const PARTS = [find, gallery, picker, counts, countdowns, resend, toasts, live, hearts, uploads, contacts, share, sheet, comparison];

const wake = (root) => {
  for (const part of PARTS) part(root);
  if (root.querySelector("[data-passkey]")) import("./passkeys.js").then(({ passkeys }) => passkeys(root));
};

// A form that orders or registers goes out once, however often the button is tapped.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.submitter?.hasAttribute("formaction")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say(page.querySelector("[data-detail]")?.textContent ?? `${event.detail.xhr.status}`);
});
document.addEventListener("htmx:sendError", () => {
  say(document.documentElement.lang === "en" ? "No connection. Please try again." : "网络不通，请稍后再试。");
});

sheets();
wake(document);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js");
