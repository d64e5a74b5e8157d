// Comfort only: every page works without this file.
"use strict";
(() => {
  // "/" leads to the one box, as readers of reference works expect.
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      document.getElementById("box")?.focus();
    }
  });
})();
