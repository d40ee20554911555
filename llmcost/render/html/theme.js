"use strict";
// Before anything is painted: the theme that was chosen here last. A file may have no storage; then the system's holds.
document.documentElement.classList.add("js");
try {
  const chosen = localStorage.getItem("llmcost-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* nothing was remembered */ }
