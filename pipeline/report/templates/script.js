// Adds sorting, filtering, copying and keys. Without it the page reads the same, best deal first.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const $$ = (what, within) => Array.from((within || document).querySelectorAll(what));

  const value = (row, i) => {
    const cell = row.cells[i];
    if (!cell) return "";
    return cell.dataset.sort !== undefined ? Number(cell.dataset.sort) : cell.textContent.trim().toLowerCase();
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b
      : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b);

  for (const table of $$("table.sortable")) {
    const heads = $$("thead th", table);
    const body = table.tBodies[0];
    heads.forEach((head, i) => {
      // Not a <button>: browsers leave those out of the header that paper repeats on each page.
      const button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.className = "sort";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); button.click(); }
      });
      button.addEventListener("click", () => {
        // Numbers are most often wanted largest first, words from A; the rank from 1.
        const numeric = head.classList.contains("num") && head.textContent !== "#";
        const before = head.getAttribute("aria-sort");
        const up = before ? before === "descending" : !numeric;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = Array.from(body.rows).map((row) => [value(row, i), row]);
        rows.sort((a, b) => (up ? compare(a[0], b[0]) : compare(b[0], a[0])));
        body.append(...rows.map((row) => row[1]));
      });
    });
  }

  const filter = document.getElementById("filter");
  const where = document.getElementById("where");
  const best = document.getElementById("best");
  const narrow = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of best.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      const here = (!where || !where.value || row.dataset.platform === where.value) && words.every((word) => text.includes(word));
      row.hidden = !here;
      shown += here ? 1 : 0;
    }
    const all = best.tBodies[0].rows.length;
    document.getElementById("shown").textContent = shown === all ? "" : shown + " of " + all + " shown";
  };
  if (filter) filter.addEventListener("input", narrow);
  if (where) where.addEventListener("change", narrow);

  for (const button of $$("[data-copy]")) {
    button.addEventListener("click", async () => {
      const label = button.textContent;
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = "copied";
      } catch {
        button.textContent = button.dataset.copy; // No clipboard: show it to be marked by hand.
        return;
      }
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }

  // A link to a deal opens its details.
  const open = () => {
    const target = location.hash.startsWith("#deal-") && document.getElementById(location.hash.slice(1));
    if (target) { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();

  // j and k walk the deals, Enter on a focused link opens it, / goes to the filter.
  let current = -1;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "/" && filter) { event.preventDefault(); filter.focus(); }
    if ((event.key === "j" || event.key === "k") && best) {
      const links = $$("tbody tr:not([hidden]) .first a", best);
      current = Math.max(0, Math.min(links.length - 1, current + (event.key === "j" ? 1 : -1)));
      if (links[current]) { links[current].focus(); links[current].closest("tr").scrollIntoView({ block: "nearest" }); }
    }
  });

  // On paper every deal is open; afterwards the page is as it was.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = $$("details.deal:not([open])");
    closed.forEach((deal) => { deal.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((deal) => { deal.open = false; }));
})();
