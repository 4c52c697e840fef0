"use strict";
/* Names of regions and agencies below a search box while one types: a combobox with a list. Without this
   script, the box searches as before, and offers the names that its page brought. */

const PAUSE = 150; // milliseconds without a key before the site is asked

for (const box of document.querySelectorAll("input[data-names]")) offerNames(box);

function offerNames(box) {
  const list = document.createElement("ul");
  list.id = `${box.id}-list`;
  list.className = "names-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.namesLabel);
  const count = document.createElement("span");
  count.className = "unseen";
  count.setAttribute("aria-live", "polite");
  box.after(list, count);
  box.removeAttribute("list");
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  let active = -1;
  let asked = null;
  let timer = 0;

  function close() {
    clearTimeout(timer);
    if (asked) asked.abort();
    list.hidden = true;
    list.replaceChildren();
    count.textContent = "";
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function show(names) {
    close();
    if (!names.length || document.activeElement !== box) return;
    names.forEach((name, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.lang = "zh";
      option.dataset.url = name.url;
      option.append(name.name);
      if (name.place) {
        const place = document.createElement("small");
        place.textContent = name.place;
        option.append(" ", place);
      }
      list.append(option);
    });
    list.hidden = false;
    count.textContent = `${box.dataset.namesLabel}: ${names.length}`;
    box.setAttribute("aria-expanded", "true");
  }

  async function ask() {
    const words = box.value.trim();
    if (!words) return close();
    if (asked) asked.abort();
    const own = (asked = new AbortController());
    try {
      const answer = await fetch(`${box.dataset.names}?q=${encodeURIComponent(words)}`, { signal: own.signal });
      if (!answer.ok) return close();
      const { names } = await answer.json();
      if (own === asked) show(names);
    } catch (problem) {
      if (problem.name !== "AbortError") close();
    }
  }

  function activate(number) {
    const options = list.children;
    if (active >= 0) options[active].setAttribute("aria-selected", "false");
    active = number;
    if (active < 0) return box.removeAttribute("aria-activedescendant");
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", options[active].id);
  }

  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") activate(active < last ? active + 1 : -1);
    else if (event.key === "ArrowUp") activate(active >= 0 ? active - 1 : last);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}
