// Comfort only: every page works without this file.
"use strict";
(() => {
  // Ctrl+K leads to the one box. With a modifier: a key alone would hit those who speak to their computer (WCAG 2.1.4).
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      document.getElementById("box")?.focus();
    }
  });

  // A field that is there to be copied gets a button; without scripts it is selected and copied by hand.
  const copied = (button, text) => {
    navigator.clipboard.writeText(text).then(() => {
      const before = button.textContent;
      button.textContent = `${before} ✓`;
      setTimeout(() => { button.textContent = before; }, 1500);
    }, () => {});
  };
  if (navigator.clipboard) {
    for (const field of document.querySelectorAll("[data-copy]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = field.dataset.copy;
      button.addEventListener("click", () => copied(button, field.value));
      field.after(button);
    }
  }

  // Words selected in a text can be copied with their source, which stands on the page as a citation.
  const source = document.querySelector("[data-citation]");
  const text = document.querySelector("[data-quotable]");
  if (source && text && navigator.clipboard) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quoting noprint";
    button.textContent = source.dataset.citation;
    button.hidden = true;
    document.body.append(button);
    const chosen = () => {
      const selection = document.getSelection();
      if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
      const range = selection.getRangeAt(0);
      return text.contains(range.commonAncestorContainer) ? range : null;
    };
    const words = (range) => {
      const piece = range.cloneContents();
      for (const aside of piece.querySelectorAll(".anchor, .margin, .sr")) aside.remove();
      return piece.textContent.replace(/\s+/g, " ").trim();
    };
    document.addEventListener("selectionchange", () => {
      const range = chosen();
      button.hidden = !range;
      if (!range) return;
      const place = range.getBoundingClientRect();
      const left = Math.min(place.left + scrollX, document.documentElement.clientWidth - 160);
      button.style.setProperty("left", `${Math.max(8, left)}px`);
      button.style.setProperty("top", `${place.bottom + scrollY + 6}px`);
    });
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      const range = chosen();
      if (range) copied(button, `“${words(range)}”（${source.value.replace(/[。.]$/, "")}）`);
    });
  }

  // The log of a run under way: its new lines are asked for until it ends, for two hours at most, and not while nobody looks.
  const log = document.querySelector("[data-log]");
  const following = document.getElementById("following");
  if (log && following) {
    const lines = log.querySelector("ol");
    const until = Date.now() + 7200000;
    const most = 2000;
    let after = Number(log.dataset.after);
    let failures = 0;
    const piece = (name, text, kind) => {
      const made = document.createElement(name);
      made.textContent = text;
      if (kind) made.className = kind;
      return made;
    };
    const put = (line) => {
      const item = document.createElement("li");
      if (line.grave) item.className = "grave";
      item.append(piece("time", line.at), " ");
      if (line.grave) item.append(piece("span", line.level, "tag warn"), " ");
      item.append(line.text);
      lines.append(item);
      while (lines.children.length > most) lines.firstElementChild.remove();
    };
    const ask = async () => {
      if (document.hidden) return setTimeout(ask, 2000);
      try {
        const answer = await fetch(`${log.dataset.log}?after=${after}`, { credentials: "same-origin" });
        if (!answer.ok) throw new Error(answer.status);
        const told = await answer.json();
        const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
        for (const line of told.lines) { put(line); after = line.number; }
        if (atEnd && told.lines.length) log.scrollTop = log.scrollHeight;
        failures = 0;
        if (told.ended) { following.textContent = following.dataset.ended; return undefined; }
        following.textContent = following.dataset.following;
      } catch {
        failures += 1;
      }
      if (failures > 5 || Date.now() > until) { following.textContent = following.dataset.lost; return undefined; }
      return setTimeout(ask, 2000 * (1 + failures));
    };
    log.scrollTop = log.scrollHeight;
    setTimeout(ask, 1000);
  }
})();
