// Short messages at the foot of the page; they leave by themselves unless the pointer or focus holds them.
import { each } from "./awake.js";

const STAY = 5000;

export function toasts(root) {
  each(root, ".toast", (toast) => {
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) {
        setTimeout(leave, STAY);
        return;
      }
      toast.classList.add("gone");
      setTimeout(() => toast.remove(), 300);
    };
    setTimeout(leave, toast.querySelector("a") ? STAY * 2 : STAY);
  });
}

export function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text.trim();
  document.getElementById("toasts")?.append(toast);
  toasts(toast);
}
