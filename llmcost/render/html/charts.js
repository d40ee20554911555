"use strict";
// A chart and what is around it: its legend, its tooltip, its redrawing. What is drawn is said in kinds.js.
const TIP_BOX = document.createElement("dl");
TIP_BOX.className = "tip";
TIP_BOX.hidden = true;
document.body.append(TIP_BOX);

// Near a line the pointer is over a cell of the nearest point's, not over the point.
const pointOf = (item) => item.datum?.datum ?? item.datum;

function tip(figure, event, item) {
  const rows = pointOf(item).tip.map((text, at) => {
    const row = document.createElement("div");
    const name = document.createElement("dt");
    const value = document.createElement("dd");
    name.textContent = figure.tips[at];
    value.textContent = text;
    row.append(name, value);
    return row;
  });
  TIP_BOX.replaceChildren(...rows);
  TIP_BOX.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = TIP_BOX;
  const left = event.clientX + 14 + width > innerWidth ? event.clientX - 14 - width : event.clientX + 14;
  const top = event.clientY + 14 + height > innerHeight ? event.clientY - 14 - height : event.clientY + 14;
  TIP_BOX.style.left = `${Math.max(4, left)}px`;
  TIP_BOX.style.top = `${Math.max(4, top)}px`;
}

function hideTip() {
  TIP_BOX.hidden = true;
}

addEventListener("scroll", hideTip, { passive: true });
addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });

// A legend of buttons: reached by keyboard, read aloud, and a press keeps one series in front.
function legend(figure, show, pressed) {
  const list = document.createElement("ul");
  list.className = "legend";
  let kept = figure.parts.includes(pressed) ? pressed : null;
  for (const key of figure.parts) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", key === kept);
    button.append(swatch(figure, key), key);
    button.addEventListener("click", () => {
      kept = kept === key ? null : key;
      for (const each of list.querySelectorAll("button")) each.setAttribute("aria-pressed", each === button && kept !== null);
      show(kept);
    });
    button.addEventListener("pointerenter", () => show(key));
    button.addEventListener("pointerleave", () => show(kept));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  return { list, kept: () => kept };
}

function swatch(figure, key) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const { color, dash: dashes } = lookOf(figure, key);
  svg.setAttribute("viewBox", "0 0 24 10");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", figure.kind === "series" ? "M0 5h24" : "M7 0h10v10H7z");
  line.setAttribute(figure.kind === "series" ? "stroke" : "fill", color);
  if (figure.kind === "series") line.setAttribute("stroke-dasharray", dashes.join(" "));
  svg.append(line);
  return svg;
}

async function draw(place, figure) {
  const spec = { width: "container", autosize: { type: "fit-x", contains: "padding" }, data: { values: values(figure) },
    ...KINDS[figure.kind](figure), config: LOOKS };
  spec.params = [{ name: "picked", value: null }, ...(spec.params ?? [])];
  const { view, finalize } = await vegaEmbed(place, spec, {
    mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false,
    tooltip: (_, event, item, value) => (value && item ? tip(figure, event, item) : hideTip()),
  });
  return { view, finalize };
}

// What a chart is given later it draws anew, and of its legend keeps what was pressed.
class Chart {
  constructor(place, figure) {
    this.place = place;
    this.around = [];
    this.kept = () => null;
    this.redraw = this.redraw.bind(this);
    isNarrow.addEventListener("change", this.redraw);
    this.give(figure);
  }

  give(figure) {
    this.figure = figure;
    this.furnish();
    return this.redraw();
  }

  furnish() {
    const { figure, place } = this;
    for (const each of this.around) each.remove();
    this.around = [];
    const { list, kept } = legend(figure, (key) => this.show(key), this.kept());
    this.kept = kept;
    if (figure.parts.length > 1) {
      place.before(list);
      this.around.push(list);
    }
    if (isZoomed(figure)) {
      const hinted = hint();
      place.after(hinted);
      this.around.push(hinted);
    }
  }

  show(key) {
    return this.drawn?.view.signal("picked", key).runAsync();
  }

  async redraw() {
    const before = this.drawn;
    this.drawn = await draw(this.place, this.figure);
    before?.finalize();
    if (this.figure.parts.length < 2) return;
    this.drawn.view.addEventListener("pointermove", (_, item) => {
      this.show(this.kept() ?? (item && pointOf(item)?.key) ?? null);
    });
    if (this.kept() !== null) await this.show(this.kept());
  }

  end() {
    isNarrow.removeEventListener("change", this.redraw);
    this.drawn?.finalize();
  }
}

const CHARTS = new Map();
function startChart(figure) {
  CHARTS.set(figure.id, new Chart(document.querySelector(`[data-figure="${figure.id}"]`), figure));
}

DATA.figures.forEach(startChart);
