"use strict";
// Theme, navigation and tables. Everything that is read stands in the page already; this makes it move.
const DATA = JSON.parse(document.getElementById("data").textContent);

function remember(theme) {
  try { localStorage.setItem("llmcost-theme", theme); } catch { /* then it holds for as long as the page is open */ }
}

function themeButton(button) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", isDark());
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}

function markSection(nav) {
  const links = new Map([...nav.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target.id);
    const current = [...links.keys()].find((id) => seen.has(id));
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const list = nav.firstElementChild;
    if (current) list.scrollTo({ left: links.get(current).offsetLeft - list.clientWidth / 3 });
  }, { rootMargin: "-25% 0px -60% 0px" });
  for (const id of links.keys()) observer.observe(document.getElementById(id));
  return observer;
}

// What is not known stands last, whichever way a column is sorted.
const byText = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
function compare(a, b, direction) {
  if (a === null || b === null) return (a === null) - (b === null);
  return direction * (typeof a === "string" || typeof b === "string" ? byText(String(a), String(b)) : a - b);
}

class SortableTable {
  constructor(element, { id, columns, rows }, firstRows) {
    this.element = element;
    this.body = element.tBodies[0];
    this.heads = [...element.tHead.rows[0].cells];
    this.firstRows = firstRows;
    this.isCut = rows.length > firstRows;
    this.tools = document.querySelector(`.tools[data-for="${id}"]`);
    this.more = document.querySelector(`.more[data-for="${id}"]`);
    this.read(columns, rows);
    this.listen();
    this.show();
  }

  read(columns, rows) {
    this.rows = [...this.body.querySelectorAll("tr[data-row]")].map((row, at) => ({
      at,
      row,
      below: row.nextElementSibling?.matches(".below") ? row.nextElementSibling : null,
      values: rows[at],
    }));
    this.shares(columns);
  }

  // A share is also seen as a line under its number.
  shares(columns) {
    columns.forEach((column, at) => {
      if (!column.endsWith("_share")) return;
      for (const { row, values } of this.rows) {
        if (!(values[at] > 0 && values[at] <= 1)) continue;
        row.cells[at].classList.add("share");
        row.cells[at].style.setProperty("--share", values[at]);
      }
    });
  }

  listen() {
    this.heads.forEach((head, at) => {
      const button = head.querySelector("button");
      button.disabled = this.rows.length < 2 || head.classList.contains("drawing");
      button.addEventListener("click", () => this.sort(at));
    });
    this.filter = this.tools.querySelector("input");
    this.filter?.addEventListener("input", () => this.show());
    this.tools.querySelector("[data-open-all]")?.addEventListener("click", (event) => this.openAll(event.target));
    this.more.firstElementChild.addEventListener("click", () => {
      this.isCut = false;
      this.show();
      this.rows.find(({ row }) => !row.hidden)?.row.closest(".scroll").focus();
    });
    this.tools.hidden = !(this.tools.querySelector("input, button") || this.isCut);
  }

  // Numbers start with the largest, names with the first; the second press turns it round.
  sort(at) {
    const head = this.heads[at];
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const order = head.getAttribute("aria-sort") === first ? other : first;
    for (const each of this.heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    this.order(at, order);
    this.show();
  }

  order(at, order) {
    const direction = order === "ascending" ? 1 : -1;
    this.rows.sort((a, b) => compare(a.values[at], b.values[at], direction) || a.at - b.at);
    this.body.append(...this.rows.flatMap(({ row, below }) => (below ? [row, below] : [row])));
  }

  show() {
    const words = (this.filter?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    let shown = 0;
    for (const { row, below } of this.rows) {
      const text = words.length ? `${row.textContent} ${below?.textContent ?? ""}`.toLowerCase() : "";
      const isFound = words.every((word) => text.includes(word));
      const isShown = isFound && !(this.isCut && found >= this.firstRows);
      found += isFound;
      shown += isShown;
      row.hidden = !isShown;
      row.classList.toggle("even", isShown && shown % 2 === 0);
      if (below) below.hidden = !isShown;
    }
    this.more.hidden = shown === found;
    const of = found === this.rows.length ? "" : `, ${this.rows.length.toLocaleString("en")} without the filter`;
    const count = shown === found ? found.toLocaleString("en") : `${shown} of ${found.toLocaleString("en")}`;
    const said = `${count} row${found === 1 ? "" : "s"}${of}`;
    const place = this.tools.querySelector(".count");
    // what is said already is not said again
    if (place.textContent !== said) place.textContent = said;
  }

  openAll(button) {
    const details = this.rows.flatMap(({ below }) => below?.querySelector("details") ?? []);
    const open = details.some((each) => !each.open);
    for (const each of details) each.open = open;
    button.textContent = open ? "Close all details" : "Open all details";
  }
}

themeButton(document.getElementById("theme"));
const TABLES = new Map();
function startTable(data) {
  const element = document.querySelector(`table[data-table="${data.id}"]`);
  if (data.rows.length) TABLES.set(data.id, new SortableTable(element, data, DATA.first_rows));
}

const NAV = document.querySelector("nav");
let marking = NAV && markSection(NAV);
DATA.tables.forEach(startTable);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
