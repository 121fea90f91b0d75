// Passing a page on: by what the device offers for it, else by copying its short address. Nobody else is told.
import { each } from "./awake.js";
import { say } from "./toast.js";

export function share(root) {
  each(root, "[data-share]", (button) => {
    const { share: url, title, done } = button.dataset;
    button.hidden = !navigator.share && !navigator.clipboard;
    button.addEventListener("click", async () => {
      if (navigator.share) {
        await navigator.share({ title, url }).catch(() => {});
        return;
      }
      await navigator.clipboard.writeText(url);
      say(done);
    });
  });
}
