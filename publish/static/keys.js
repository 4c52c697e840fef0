"use strict";
/* The key "/" goes to the search box, as on other sites; not while something is typed. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const place = event.target instanceof Element ? event.target : document.body;
  if (place.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("form[role=search] input[type=search]");
  if (!(box instanceof HTMLInputElement)) return;
  event.preventDefault();
  box.focus();
  box.select();
});
