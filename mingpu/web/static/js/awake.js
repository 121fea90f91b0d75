// Give each element that matches its behaviour once, whether it came with the page or later.
export function each(root, selector, give) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.push(root);
  for (const it of found) {
    it.awake ??= new Set();
    if (it.awake.has(selector)) continue;
    it.awake.add(selector);
    give(it);
  }
}
