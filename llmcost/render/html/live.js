"use strict";
// The page asks for itself again and takes over what is other; order, filters, scrolling and focus stay as they are.
const POLL = 1000 * document.getElementById("live").dataset.poll;
const HEADER = ["#live", "#asked", ".cards", "header .notes"];
// as the server wrote them
const WRITTEN = new Map([...HEADER, "nav"].map((name) => [name, document.querySelector(name).outerHTML]));
const LOOKING = { query: location.search, tag: "", turn: 0, timer: 0, isPaused: false, isLost: false };

const main = () => document.getElementById("content");
const alarms = () => [...document.querySelectorAll(".alarms li")].map((each) => each.textContent).join("; ");

// Said aloud, politely: what somebody has chosen, and alarms that are new.
function tell(text) {
  document.getElementById("announced").textContent = text;
}

function trouble(text) {
  const place = document.getElementById("trouble");
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

function replaced(name, fresh) {
  const next = fresh.querySelector(name);
  if (next.outerHTML === WRITTEN.get(name)) return;
  WRITTEN.set(name, next.outerHTML);
  document.querySelector(name).replaceWith(document.importNode(next, true));
}

// What decides whether a section can take over rows and points, or is put in place anew.
function shape(section) {
  const heads = [...section.querySelectorAll("thead th")].map((head) => head.dataset.column);
  const figures = [...section.querySelectorAll("figure")].map((each) => `${each.id} ${Boolean(each.querySelector(".chart"))}`);
  const parts = ["tfoot", ".filter", "tr[data-row]"].map((part) => Boolean(section.querySelector(part)));
  return JSON.stringify([heads, figures, parts, section.querySelector("h2").textContent]);
}

// The order that a table is in, its rows that are open, and what has the focus in it.
function takeRows(table, fresh, data) {
  const nameOf = (below) => below.previousElementSibling.cells[0].textContent;
  const open = new Set([...table.body.querySelectorAll("details[open]")].map((each) => nameOf(each.closest("tr"))));
  const known = new Set([...table.body.querySelectorAll("details")].map((each) => nameOf(each.closest("tr"))));
  const focused = table.body.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const next = document.importNode(fresh, true);
  for (const each of next.tBodies[0].querySelectorAll("details")) {
    const name = nameOf(each.closest("tr"));
    if (known.has(name)) each.open = open.has(name);
  }
  table.body.replaceChildren(...next.tBodies[0].children);
  table.element.tFoot?.replaceChildren(...next.tFoot.children);
  table.heads.forEach((head, at) => { head.className = next.tHead.rows[0].cells[at].className; });
  table.read(data.columns, data.rows);
  const at = table.heads.findIndex((head) => head.hasAttribute("aria-sort"));
  if (at >= 0) table.order(at, table.heads[at].getAttribute("aria-sort"));
  for (const head of table.heads) head.firstElementChild.disabled = table.rows.length < 2 || head.classList.contains("drawing");
  table.show();
  if (focused) [...table.body.querySelectorAll("a")].find((each) => each.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

async function takeSection(section, next, data) {
  next.querySelectorAll("figure").forEach((figure) => {
    document.getElementById(`${figure.id}-says`).replaceChildren(...document.importNode(figure.querySelector(".says"), true).childNodes);
  });
  takeNotes(section, next);
  const table = TABLES.get(section.id);
  if (table) {
    table.more.firstElementChild.textContent = next.querySelector(".more button").textContent;
    takeRows(table, next.querySelector("table"), data.tables.find((each) => each.id === section.id));
  }
  for (const figure of data.figures.filter(({ id }) => id.startsWith(`${section.id}-figure-`))) {
    const chart = CHARTS.get(figure.id);
    if (JSON.stringify(chart.figure) !== JSON.stringify(figure)) await chart.give(figure);
  }
}

function takeNotes(section, next) {
  const notes = next.querySelector(":scope > .notes");
  section.querySelector(":scope > .notes")?.remove();
  if (notes) section.append(document.importNode(notes, true));
}

function endSection(section) {
  TABLES.delete(section.id);
  for (const place of section.querySelectorAll(".chart")) {
    CHARTS.get(place.dataset.figure).end();
    CHARTS.delete(place.dataset.figure);
  }
  section.remove();
}

function startSection(id, data) {
  startTable(data.tables.find((each) => each.id === id));
  data.figures.filter((each) => each.id.startsWith(`${id}-figure-`)).forEach(startChart);
}

async function takeSections(fresh, data) {
  const next = [...fresh.getElementById("content").children];
  const shapes = new Map(next.map((each) => [each.id, shape(each)]));
  const orders = new Map();
  for (const section of [...main().children]) {
    if (shapes.get(section.id) === shape(section)) continue;
    orders.set(section.id, orderOf(section));
    endSection(section);
  }
  let place = main().firstElementChild;
  for (const each of next) {
    if (place?.id !== each.id) {
      main().insertBefore(document.importNode(each, true), place);
      startSection(each.id, data);
      reorder(each.id, orders.get(each.id));
    } else {
      const section = place;
      place = place.nextElementSibling;
      if (WRITTEN.get(each.id) !== each.outerHTML) await takeSection(section, each, data);
    }
    WRITTEN.set(each.id, each.outerHTML);
  }
}

// A section that gets another column is another one, in the order that the old one had.
function orderOf(section) {
  const head = section.querySelector("th[aria-sort]");
  return head && { column: head.dataset.column, order: head.getAttribute("aria-sort") };
}

function reorder(id, before) {
  const table = TABLES.get(id);
  const at = table && before ? table.heads.findIndex((head) => head.dataset.column === before.column) : -1;
  if (at < 0) return;
  table.heads[at].setAttribute("aria-sort", before.order);
  table.order(at, before.order);
  table.show();
}

function takeNav(fresh) {
  const next = fresh.querySelector("nav");
  if (next.outerHTML === WRITTEN.get("nav")) return;
  WRITTEN.set("nav", next.outerHTML);
  marking?.disconnect();
  document.querySelector("nav").replaceChildren(...document.importNode(next, true).children);
  marking = markSection(document.querySelector("nav"));
}

async function take(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const before = alarms();
  for (const name of HEADER) replaced(name, fresh);
  await takeSections(fresh, JSON.parse(fresh.getElementById("data").textContent));
  takeNav(fresh);
  if (alarms() !== before) tell(alarms());
}

function isKnown(answer) {
  document.getElementById("old").textContent = answer.headers.get("llmcost-age") ? `, ${answer.headers.get("llmcost-age")}` : "";
  trouble("");
  if (LOOKING.isLost) tell("Connected again.");
  LOOKING.isLost = false;
}

function isLost(error) {
  // a browser says of a server that is gone only that it could not fetch
  const text = error instanceof TypeError ? "llmcost does not answer; what is shown is what was known before." : error.message;
  trouble(text);
  LOOKING.isLost = true;
}

async function fetched() {
  const headers = LOOKING.tag ? { "If-None-Match": LOOKING.tag } : {};
  const answer = await fetch(`/part${LOOKING.query}`, { headers, cache: "no-store" });
  const text = await answer.text();
  if (answer.status !== 200 && answer.status !== 304) throw new Error(text.trim().replace("\nhint: ", ": "));
  return { answer, text };
}

// One question at a time; what somebody has chosen meanwhile makes an older answer void.
async function look() {
  clearTimeout(LOOKING.timer);
  const turn = ++LOOKING.turn;
  try {
    const { answer, text } = await fetched();
    if (turn !== LOOKING.turn) return;
    if (answer.status === 200) {
      LOOKING.tag = answer.headers.get("etag");
      await take(text);
    }
    isKnown(answer);
  } catch (error) {
    if (turn === LOOKING.turn) isLost(error);
  }
  if (turn !== LOOKING.turn) return;
  main().removeAttribute("aria-busy");
  document.documentElement.dataset.turn = turn;
  if (!(LOOKING.isPaused || document.hidden)) LOOKING.timer = setTimeout(look, POLL);
}

// `from` is where something was pressed: what stood there stays there.
async function go(query, { isBack = false, from = null } = {}) {
  if (!isBack) history.pushState(null, "", query || "/");
  const section = from?.closest("main > section")?.id;
  const top = () => document.getElementById(section)?.getBoundingClientRect().top ?? 0;
  const before = top();
  LOOKING.query = query;
  LOOKING.tag = "";
  main().setAttribute("aria-busy", "true");
  const turn = LOOKING.turn + 1;
  await look();
  if (turn !== LOOKING.turn || LOOKING.isLost) return;
  scrollBy({ top: top() - before, behavior: "instant" });
  if (document.activeElement === document.body) document.getElementById("asked").focus({ preventScroll: true });
  tell(`Shown: ${chosen()}.`);
}

function chosen() {
  const range = document.querySelector(".ranges [aria-current]").textContent;
  return [range, ...[...document.querySelectorAll(".names a")].map((each) => each.dataset.name)].join(", ");
}

addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="?"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.getAttribute("href"), { from: link });
});
addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new URLSearchParams(LOOKING.query);
  asked.set("range", "custom");
  for (const [name, value] of new FormData(event.target)) {
    if (value) asked.set(name, value);
    else asked.delete(name);
  }
  go(`?${asked}`);
});
addEventListener("popstate", () => {
  if (location.search !== LOOKING.query) go(location.search, { isBack: true });
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !LOOKING.isPaused) look();
});

const pause = document.getElementById("pause");
pause.addEventListener("click", () => {
  LOOKING.isPaused = !LOOKING.isPaused;
  pause.setAttribute("aria-pressed", LOOKING.isPaused);
  clearTimeout(LOOKING.timer);
  if (!LOOKING.isPaused) look();
});
pause.hidden = false;
look();
