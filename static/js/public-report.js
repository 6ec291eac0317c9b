/* Words marked in the text fill the report's first field; and its second, while nothing is written there. */
"use strict";
(() => {
  const text = document.getElementById("text");
  const quote = document.getElementById("quote");
  const fix = document.getElementById("fix");
  let taken = "";
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!text || selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return;
    const words = selection.toString().replace(/\s+/g, " ").trim();
    if (!words || words.length > quote.maxLength) return;
    quote.value = words;
    if (fix.value === taken) fix.value = taken = words;
  });
})();
