// The article page: pictures by thumbnail (and the home page: slides by dot), the SKU that the chosen options name, − and + beside numbers.
import { each } from "./awake.js";
import { countdowns } from "./time.js";

const yuan = (fen) => {
  const [whole, cents] = (fen / 100).toFixed(2).split(".");
  return [Number(whole).toLocaleString("en"), cents];
};

const node = (name, text, className) => {
  const it = document.createElement(name);
  it.textContent = text;
  if (className) it.className = className;
  return it;
};

export function gallery(root) {
  each(root, "[data-gallery]", (box) => {
    const row = box.querySelector("ul");
    const links = [...box.querySelectorAll("ul ~ ul a")];
    const count = box.querySelector("[data-at]");
    const at = () => Math.round(row.scrollLeft / row.clientWidth);
    const go = (i) => row.scrollTo({ left: i * row.clientWidth, behavior: "smooth" });
    const mark = (now) => {
      links.forEach((link, i) => (i === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
      if (count) count.textContent = now + 1;
    };
    links.forEach((link, i) => link.addEventListener("click", (event) => {
      event.preventDefault();
      go(i);
    }));
    row?.addEventListener("scroll", () => mark(at()), { passive: true });
    row?.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at() - 1, ArrowRight: at() + 1, Home: 0, End: row.children.length - 1 }[event.key];
      if (to === undefined || event.target !== row) return;
      event.preventDefault();
      go(to);
    });
  });
}

function draw(form, sku, complete) {
  const words = form.querySelector("[data-words]").dataset;
  const stock = form.querySelector("[data-stock]");
  form.elements.sku.value = sku?.sku ?? "";
  for (const button of form.querySelectorAll("[data-buy]")) button.disabled = complete && !sku?.in_stock;
  if (!complete) return;
  if (sku) {
    const [whole, cents] = yuan(sku.price_fen);
    const money = node("span", "", "money");
    money.append(node("small", "¥"), whole, node("small", `.${cents}`));
    form.querySelector("[data-price]").replaceChildren(money);
    const why = form.querySelector("[data-why]");
    why.replaceChildren(...(sku.tag ? [node("span", sku.tag, "tag tag-accent")] : []));
    if (sku.until) {
      const clock = node("b", "", "tag num");
      clock.dataset.countdown = sku.until;
      why.append(` ${words.until} ${new Date(sku.until).toLocaleString()} `, clock);
      countdowns(why);
    }
    if (sku.list_price_fen > sku.price_fen) {
      const was = node(sku.was_struck ? "s" : "span", `¥${yuan(sku.list_price_fen).join(".")}`, "was");
      money.after(" ", node("span", sku.was_label, "was"), " ", was);
    }
    form.querySelector("[data-lowest]").textContent = sku.lowest ?? "";
  }
  const few = sku?.in_stock && sku.left && sku.left <= 10;
  const text = !sku ? words.none : few ? words.left.replace("#", sku.left) : sku.in_stock ? words.in : words.out;
  stock.replaceChildren(node("span", text, `tag ${few ? "tag-accent" : sku?.in_stock ? "tag-ok" : "tag-warn"}`));
}

export function picker(root) {
  each(root, "[data-picker]", (form) => {
    const skus = JSON.parse(form.dataset.skus);
    const radios = [...form.querySelectorAll("[name^='option:']")];
    const groups = [...new Set(radios.map((it) => it.name.slice(7)))];
    if (!groups.length) return;
    const choose = () => {
      const chosen = Object.fromEntries(radios.filter((it) => it.checked).map((it) => [it.name.slice(7), it.value]));
      const fits = (sku, wanted) => Object.entries(wanted).every(([name, value]) => sku.options[name] === value);
      for (const radio of radios) {
        const wanted = { ...chosen, [radio.name.slice(7)]: radio.value };
        const none = !skus.some((sku) => sku.in_stock && fits(sku, wanted));
        radio.parentElement.classList.toggle("option-no", none);
        const told = radio.parentElement.querySelector("[data-no]");
        if (told) told.hidden = !none;
      }
      const complete = groups.every((name) => chosen[name]);
      draw(form, complete ? skus.find((sku) => fits(sku, chosen)) : undefined, complete);
    };
    form.addEventListener("change", choose);
    choose();
  });
}

export function counts(root) {
  each(root, "[data-count]", (box) => {
    const input = box.querySelector("input[type=number]");
    for (const button of box.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        input.value = Math.min(input.max, Math.max(input.min, Number(input.value) + Number(button.dataset.step)));
      });
    }
  });
}
