/* Ticking all events of a page at once; the button is shown only where this runs. */
"use strict";
(() => {
  for (const button of document.querySelectorAll("button[data-tick]")) {
    const boxes = () => [...button.form.querySelectorAll(`input[type=checkbox][name=${button.dataset.tick}]`)];
    button.hidden = false;
    button.addEventListener("click", () => {
      const all = boxes().every((box) => box.checked);
      for (const box of boxes()) box.checked = !all;
    });
  }
})();
