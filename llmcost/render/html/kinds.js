"use strict";
// Figures as Vega-Lite. Colours are CSS variables, so that a change of theme and the printer repaint them by themselves.
const PALETTE = [1, 2, 3, 4, 5, 6].map((number) => `var(--series-${number})`);
const OTHERS = "var(--series-others)";
const DASHES = [[1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [12, 3]];
const OTHERS_DASH = [1, 2];
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const MANY_TIMES = 31;
const isNarrow = matchMedia("(max-width: 40rem)");

const LOOKS = {
  aria: false,
  background: null,
  font: FONT,
  view: { stroke: null },
  axis: {
    labelColor: "var(--muted)", labelFontSize: 12, labelPadding: 6, titleColor: "var(--muted)", titleFontSize: 12,
    titleFontWeight: 500, gridColor: "var(--line)", domain: false, ticks: false, tickColor: "var(--line)",
  },
  text: { color: "var(--ink)", fontSize: 12 },
};

function lookOf(figure, key) {
  const at = figure.parts.indexOf(key);
  if (at >= PALETTE.length) return { color: OTHERS, dash: OTHERS_DASH };
  return { color: PALETTE[Math.max(at, 0)], dash: DASHES[Math.max(at, 0)] };
}

const isFaded = "picked !== null && datum.key !== picked";
const faded = (value = 1) => ({ condition: { test: isFaded, value: 0.12 }, value });

function colour(figure) {
  const looks = figure.parts.map((key) => lookOf(figure, key).color);
  return figure.parts.length ? { field: "key", type: "nominal", legend: null, scale: { domain: figure.parts, range: looks } } : { value: PALETTE[0] };
}

function dash(figure) {
  const looks = figure.parts.map((key) => lookOf(figure, key).dash);
  return figure.parts.length ? { field: "key", type: "nominal", legend: null, scale: { domain: figure.parts, range: looks } } : { value: DASHES[0] };
}

// Short tick labels by the unit that the column's suffix names; exact texts stand in tooltips and tables.
function tickFormat({ column }, points) {
  const most = Math.max(0, ...points.flatMap((point) => [point.y, point.high, point.end].map((value) => Math.abs(value ?? 0))));
  if (column.endsWith("_share")) return most < 0.05 ? ".1%" : ".0%";
  const unit = column.endsWith("_usd") ? "$" : "";
  if (most >= 10_000) return `${unit}.3~s`;
  return most >= 10 || most === 0 ? `${unit},.2~f` : `${unit}.2~r`;
}

// Milliseconds are read as seconds from a second on.
const SECONDS = "datum.value >= 1000 ? format(datum.value / 1000, ',.3~r') + ' s' : format(datum.value, ',.3~r') + ' ms'";

// Dollars, percent and times say for themselves what they are; everything else is named at its axis.
function amounts(figure) {
  const title = /_(usd|share|ms)$/.test(figure.y.column) ? null : figure.y.heading;
  const ticks = figure.y.column.endsWith("_ms") ? { labelExpr: SECONDS } : { format: tickFormat(figure.y, figure.points) };
  return {
    type: "quantitative",
    axis: { title, ...ticks, tickCount: isNarrow.matches ? 4 : 6, labelFlush: false, labelOverlap: "greedy", labelSeparation: 8 },
    scale: { zero: true, nice: true },
  };
}

// Only that there is one; what it tells is taken from the point, by charts.js.
const TIP = { value: "tip" };

function values(figure) {
  return figure.points.map((point, at) => ({
    ...point,
    next: figure.points[at + 1]?.name ?? null,
    x: figure.x.kind === "time" ? Date.parse(point.x) : point.x,
  }));
}

const timesOf = (figure) => new Set(figure.points.map((point) => point.x)).size;

// A finger that drags wants to scroll the page.
function isZoomed(figure) {
  return figure.kind === "series" && figure.x.kind !== "text" && timesOf(figure) > MANY_TIMES && matchMedia("(pointer: fine)").matches;
}

function hint() {
  const line = document.createElement("p");
  line.className = "hint";
  line.textContent = "Drag to move, Shift and wheel to zoom, double-click to see all again.";
  return line;
}

function series(figure) {
  const times = timesOf(figure);
  const isLong = isZoomed(figure);
  const x = figure.x.kind === "text"
    ? { field: "name", type: "ordinal", sort: null, axis: { title: null, labelAngle: 0, labelOverlap: "greedy", labelSeparation: 8, grid: false } }
    : {
        field: "x", type: figure.x.kind === "time" ? "temporal" : "quantitative",
        scale: figure.x.kind === "time" ? { type: "utc" } : { zero: false },
        axis: { title: null, grid: false, tickCount: isNarrow.matches ? 4 : 8, labelOverlap: "greedy", labelSeparation: 8, domain: true, domainColor: "var(--line)" },
      };
  const shared = { x, y: { field: "y", ...amounts(figure) }, color: colour(figure), detail: { field: "part" } };
  const zoom = { name: "zoom", bind: "scales", select: { type: "interval", encodings: ["x"], zoom: "wheel![event.shiftKey]" } };
  const near = { name: "near", select: { type: "point", on: "pointerover", clear: "pointerout", nearest: true } };
  return {
    height: 300,
    layer: [
      { mark: { type: "line", strokeWidth: 2, strokeJoin: "round", clip: isLong }, params: isLong ? [zoom] : [],
        encoding: { ...shared, strokeDash: dash(figure), opacity: faded() } },
      { mark: { type: "point", filled: true, clip: isLong, invalid: "filter" }, params: [near],
        encoding: { ...shared, tooltip: TIP, opacity: faded(),
          size: { condition: { param: "near", empty: false, value: 90 }, value: times > MANY_TIMES ? 0 : 22 } } },
    ],
  };
}

const heightOf = (figure, step) => step * new Set(figure.points.map((point) => point.name)).size;

function category() {
  return {
    field: "name", type: "ordinal", sort: null,
    axis: { title: null, grid: false, labelLimit: isNarrow.matches ? 110 : 240, labelColor: "var(--ink)" },
    scale: { paddingInner: 0.3, paddingOuter: 0.15 },
  };
}

function columns(figure) {
  const x = { field: "name", type: "ordinal", axis: { title: null, grid: false, labelAngle: 0, labelOverlap: "greedy", labelSeparation: 8, domain: true, domainColor: "var(--line)" } };
  return { height: 280, mark: { type: "bar", cornerRadiusEnd: 2 },
    encoding: { x, y: { field: "y", ...amounts(figure) }, color: colour(figure), opacity: faded(), tooltip: TIP } };
}

function bars(figure) {
  if (figure.x.kind === "time") return columns(figure);
  const y = category();
  const drawn = { mark: { type: "bar", cornerRadiusEnd: 2 },
    encoding: { x: { field: "y", ...amounts(figure) }, color: colour(figure), opacity: faded(), tooltip: TIP } };
  const label = { mark: { type: "text", align: "left", dx: 6 }, encoding: { x: { field: "y", type: "quantitative" }, text: { field: "label" } } };
  const isOneEach = new Set(figure.points.map((point) => point.name)).size === figure.points.length;
  return { height: heightOf(figure, 28), padding: { right: isOneEach ? 64 : 5 }, encoding: { y }, layer: isOneEach ? [drawn, label] : [drawn] };
}

function ranges(figure) {
  const shared = { color: colour(figure), opacity: faded(), tooltip: TIP };
  const span = { x: { field: "low", ...amounts(figure) }, x2: { field: "high" } };
  const end = (field) => ({ mark: { type: "tick", thickness: 2, size: 12 }, encoding: { x: { field, type: "quantitative" }, color: colour(figure), opacity: faded(0.7) } });
  return {
    height: heightOf(figure, 34), encoding: { y: category() },
    layer: [
      { mark: { type: "rule", strokeWidth: 5, strokeCap: "round" }, encoding: { ...span, ...shared, opacity: faded(0.35) } },
      end("low"), end("high"),
      { mark: { type: "point", filled: true, size: 110, stroke: "var(--surface)", strokeWidth: 1.5 }, encoding: { x: { field: "y", type: "quantitative" }, ...shared } },
      { mark: { type: "text", align: "center", baseline: "bottom", dy: -7, fontSize: 11 }, encoding: { x: { field: "y", type: "quantitative" }, text: { field: "label" } } },
    ],
  };
}

function waterfall(figure) {
  const fill = figure.parts.length ? colour(figure) : { value: PALETTE[0] };
  const color = { condition: { test: "datum.is_total", value: "var(--series-total)" }, ...fill };
  const x = { field: "start", ...amounts(figure) };
  return {
    height: heightOf(figure, 32), padding: { right: 64 }, encoding: { y: category() },
    layer: [
      { mark: { type: "rule", strokeDash: [2, 2], color: "var(--muted)" }, transform: [{ filter: "datum.next" }],
        encoding: { x: { field: "end", type: "quantitative" }, y: { ...category(), bandPosition: 1 }, y2: { field: "next", bandPosition: 0 } } },
      { mark: { type: "bar", cornerRadius: 2 }, encoding: { x, x2: { field: "end" }, color, opacity: faded(), tooltip: TIP } },
      { mark: { type: "text", align: "left", dx: 6 }, transform: [{ calculate: "max(datum.start, datum.end)", as: "edge" }],
        encoding: { x: { field: "edge", type: "quantitative" }, text: { field: "label" } } },
    ],
  };
}

const KINDS = { series, bars, ranges, waterfall };
