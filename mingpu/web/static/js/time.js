// Time that runs out: the minutes left to pay, the seconds until another code may be asked for.
import { each } from "./awake.js";

const two = (n) => String(n).padStart(2, "0");

export function countdowns(root) {
  each(root, "[data-countdown]", (box) => {
    const end = Date.parse(box.dataset.countdown);
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      const hours = Math.floor(left / 3600);
      box.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
      box.hidden = false;
      if (!left || !box.isConnected) clearInterval(clock);
    };
    const clock = setInterval(tick, 1000);
    tick();
  });
}

export function resend(root) {
  each(root, "[data-retry]", (note) => {
    const button = note.closest("[data-code]")?.querySelector("[data-code-button]");
    if (!button) return;
    const words = button.textContent;
    let left = Number(note.dataset.retry) || 60;
    const clock = setInterval(() => {
      left -= 1;
      button.disabled = left > 0;
      button.textContent = left > 0 ? `${left} s` : words;
      if (left <= 0) clearInterval(clock);
    }, 1000);
  });
}
