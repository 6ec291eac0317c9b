/* Gives Django's autocomplete fields (select2) the names of their labels, which screen readers need. */
"use strict";
(() => {
  const name = (select) => {
    const label = select.labels && select.labels[0];
    const text = (label ? label.textContent : select.getAttribute("aria-label") || "").replace(/:?\s*$/, "").trim();
    const box = select.nextElementSibling;
    if (!text || !box || !box.classList.contains("select2")) return;
    for (const clear of box.querySelectorAll("ul > .select2-selection__clear")) clear.setAttribute("role", "listitem");
    for (const part of box.querySelectorAll(".select2-selection, .select2-search__field, .select2-selection__rendered")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", text);
    }
  };
  const all = (root) => root.querySelectorAll("select.select2-hidden-accessible").forEach(name);
  window.addEventListener("load", () => {
    all(document);
    new MutationObserver(() => all(document)).observe(document.body, { childList: true, subtree: true });
  });
})();
