// The table of sources on an event's form: buttons in place of numbers and ticks, rows added at will,
// known publishers and sources offered while one types. Without this the numbers, ticks and spare rows do.
const table = document.querySelector("fieldset.sources");

function button(text, label, className, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `button ${className}`;
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function isEmpty(row) {
  return ["label", "url", "picture"].every((part) => !row.querySelector(`.${part} input`).value.trim());
}

function number(rows) {
  [...rows.children].forEach((row, index) => {
    const place = row.querySelector(".place input");
    place.value = isEmpty(row) ? "" : index + 1;
  });
}

function furnish(row, rows) {
  const remove = row.querySelector(".remove input");
  const show = () => row.classList.toggle("removed", remove.checked);
  remove.addEventListener("change", show);
  show();
  const name = () => row.querySelector(".label input").value || row.querySelector(".url input").value || "new source";
  const move = (step) => {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step < 0) rows.insertBefore(row, other);
    else rows.insertBefore(other, row);
    number(rows);
  };
  const up = button("↑", "Move up", "move", () => { move(-1); up.focus(); });
  const down = button("↓", "Move down", "move", () => { move(1); down.focus(); });
  for (const one of [up, down]) one.addEventListener("focus", () => one.setAttribute("title", name()));
  row.querySelector(".remove").prepend(up, down);
}

function add(rows, template, total) {
  const index = Number(total.value);
  const copy = template.content.cloneNode(true);
  for (const part of copy.querySelectorAll("[name], [id], [for]")) {
    for (const attribute of ["name", "id", "for"]) {
      const value = part.getAttribute(attribute);
      if (value) part.setAttribute(attribute, value.replace("__prefix__", index));
    }
  }
  const row = copy.querySelector(".source");
  row.querySelector(".place label").textContent = `Place of source ${index + 1}`;
  rows.append(copy);
  total.value = index + 1;
  furnish(row, rows);
  row.querySelector(".url input").focus();
}

function offer(table) {
  let waiting = 0;
  table.addEventListener("input", (event) => {
    const part = event.target.name?.endsWith("-url") ? "url" : event.target.name?.endsWith("-label") ? "label" : "";
    if (!part) return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = event.target.value;
      const asked = new URLSearchParams({ [part]: typed });
      const answer = await fetch(`${table.dataset.suggest}?${asked}`, { headers: { Accept: "application/json" } })
        .catch(() => null); // without a network there is nothing to offer
      if (!answer?.ok) return;
      const { found } = await answer.json();
      if (event.target.value !== typed) return; // an answer that was overtaken
      const list = document.getElementById(event.target.getAttribute("list"));
      list.replaceChildren(...found.map(({ value, label }) => {
        const option = document.createElement("option");
        option.value = value;
        if (label) option.label = label;
        return option;
      }));
    }, 200);
  });
}

const rows = table?.querySelector(".rows");
if (rows) {
  const total = table.querySelector("[name=sources-TOTAL_FORMS]");
  for (const row of rows.children) furnish(row, rows);
  rows.after(button("Add a source", "Add a source", "add", () => add(rows, table.querySelector("template"), total)));
  offer(table);
}
