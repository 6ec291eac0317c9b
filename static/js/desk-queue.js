// Keys for the review queue. Every key clicks a link or button that is on the page, so that nothing
// can be done by key that cannot be done without: data-key names the key, data-row a row of the list.
"use strict";

const rows = Array.from(document.querySelectorAll("[data-row]"));
let at = -1;

function typing(target) {
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === "INPUT" && !/^(checkbox|radio|submit|button)$/.test(target.type);
}

function go(step) {
  if (at >= 0) rows[at].classList.remove("here");
  at = Math.min(rows.length - 1, Math.max(0, at + step));
  rows[at].classList.add("here");
  rows[at].querySelector("a").focus();
}

function box(row) {
  return row ? row.querySelector("input[type=checkbox]") : null;
}

function onRow(key) {
  if (key === "j" || key === "k") {
    go(key === "j" ? 1 : -1);
    return true;
  }
  if (at < 0) return false;
  if (key === "x") {
    if (box(rows[at])) box(rows[at]).click();
    return true;
  }
  if (key === "o") {
    rows[at].querySelector("a").click();
    return true;
  }
  // Without a selection the row itself is meant.
  if ((key === "a" || key === "r" || key === "t") && box(rows[at]) && !rows.some((row) => box(row).checked)) {
    box(rows[at]).checked = true;
  }
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const help = document.querySelector(".queue-keys");
  if (event.key === "Escape") {
    event.target.blur();
    if (help) help.open = false;
    return;
  }
  if (typing(event.target)) return;
  if (event.key === "?" && help) {
    help.open = !help.open;
    if (help.open) help.querySelector("summary").focus();
    event.preventDefault();
    return;
  }
  if (rows.length && onRow(event.key)) {
    event.preventDefault();
    return;
  }
  const wanted = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === event.key);
  if (wanted) {
    event.preventDefault();
    wanted.click();
  }
});

rows.forEach((row, index) => row.addEventListener("focusin", () => {
  if (at >= 0) rows[at].classList.remove("here");
  at = index;
  row.classList.add("here");
}));
