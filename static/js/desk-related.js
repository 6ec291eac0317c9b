// Related links: pins are dragged into order, notes that are typed and not sent outlive an answer,
// and the keyboard stays where it was. Without this the buttons do, each with a page of its own.
let typed = [];
let opened = [];
let dragged = null;

const section = () => document.getElementById("related");

function addGrips() {
  for (const link of document.querySelectorAll("#related .pins[data-order] > .link")) {
    const acts = link.querySelector(".buttons");
    if (!acts || acts.querySelector(".grip")) continue;
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.draggable = true;
    grip.textContent = "⠿";
    grip.title = "Drag into place";
    grip.setAttribute("aria-hidden", "true");
    acts.prepend(grip);
  }
}

function sendOrder(list) {
  const form = document.getElementById(list.dataset.order);
  form.elements.order.value = [...list.children].map((link) => link.dataset.target).join(",");
  form.requestSubmit();
}

function pinUnder(event) {
  const link = event.target instanceof Element ? event.target.closest("#related .pins > .link") : null;
  return dragged && link && link.parentElement === dragged.parentElement ? link : null;
}

function unmark() {
  for (const link of document.querySelectorAll("#related .is-over")) link.classList.remove("is-over");
}

document.addEventListener("dragstart", (event) => {
  if (!(event.target instanceof Element) || !event.target.matches("#related .grip")) return;
  dragged = event.target.closest(".link");
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.target);
  event.dataTransfer.setDragImage(dragged, 0, 0);
});
document.addEventListener("dragover", (event) => {
  const over = pinUnder(event);
  if (!over) return;
  event.preventDefault();
  unmark();
  if (over !== dragged) over.classList.add("is-over");
});
document.addEventListener("drop", (event) => {
  const over = pinUnder(event);
  if (!over) return;
  event.preventDefault();
  if (over === dragged) return;
  const list = over.parentElement;
  const links = [...list.children];
  if (links.indexOf(dragged) < links.indexOf(over)) over.after(dragged);
  else over.before(dragged);
  sendOrder(list);
});
document.addEventListener("dragend", () => {
  if (dragged) dragged.classList.remove("is-dragged");
  dragged = null;
  unmark();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== section()) return;
  const sent = event.detail.requestConfig.elt;
  typed = [...section().querySelectorAll("textarea[id]")]
    .filter((area) => area.value !== area.defaultValue && !sent.contains(area))
    .map((area) => [area.id, area.value]);
  opened = [...section().querySelectorAll("details[id][open]")].map((details) => details.id);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt !== section()) return;
  addGrips();
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, value] of typed) {
    const area = document.getElementById(id);
    if (!area) continue;
    area.value = value;
    area.closest("details")?.setAttribute("open", "");
  }
  typed = [];
  const alert = section().querySelector("#refused-note, #refused-again");
  if (alert) alert.focus();
  else if (!section().contains(document.activeElement) || document.activeElement.disabled) {
    const id = event.detail.requestConfig?.triggeringEvent?.submitter?.id ?? "";
    const other = id.replace(/^(up|down)-/, (move) => (move === "up-" ? "down-" : "up-"));
    const place = document.getElementById(other);
    (place && !place.disabled ? place : section().querySelector("#related-title")).focus();
  }
});
addGrips();
