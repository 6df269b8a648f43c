"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const holder = document.getElementById("picture");
  const svg = holder.querySelector("svg");
  const panel = document.getElementById("panel");
  const whole = svg.viewBox.baseVal;
  const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...full };

  // Zooming and moving: the part of the picture that is shown.
  const show = (next) => {
    view = next;
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  };
  const scale = () => Math.max(view.width / svg.clientWidth, view.height / svg.clientHeight);
  const point = (x, y) => {
    const box = svg.getBoundingClientRect();
    return {
      x: view.x + view.width / 2 + (x - box.left - box.width / 2) * scale(),
      y: view.y + view.height / 2 + (y - box.top - box.height / 2) * scale(),
    };
  };
  const zoom = (factor, at) => {
    const width = Math.min(Math.max(view.width * factor, full.width / 40), full.width * 4);
    const real = width / view.width;
    show({
      x: at.x - (at.x - view.x) * real,
      y: at.y - (at.y - view.y) * real,
      width,
      height: view.height * real,
    });
  };
  const middle = () => ({ x: view.x + view.width / 2, y: view.y + view.height / 2 });
  holder.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, point(event.clientX, event.clientY));
  }, { passive: false });
  let drag = null;
  holder.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, view: { ...view }, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    drag.moved ||= Math.hypot(dx, dy) > 4;
    if (drag.moved) {
      holder.classList.add("moving");
      show({ ...view, x: drag.view.x - dx * scale(), y: drag.view.y - dy * scale() });
    }
  });
  let dragged = false;
  window.addEventListener("pointerup", () => {
    dragged = Boolean(drag && drag.moved);
    drag = null;
    holder.classList.remove("moving");
  });
  document.getElementById("nearer").addEventListener("click", () => zoom(1 / 1.4, middle()));
  document.getElementById("farther").addEventListener("click", () => zoom(1.4, middle()));
  document.getElementById("fit").addEventListener("click", () => show({ ...full }));

  // What is behind a line or a box. Text only goes in as text.
  const element = (name, text, kind) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const listed = (findings) => {
    const list = document.createElement("ol");
    for (const found of findings) {
      const item = document.createElement("li");
      item.append(
        element("span", found.code, "code"),
        element("span", found.message),
        document.createElement("br"),
        element("span", `${found.filename}:${found.location.row}:${found.location.column}`, "place"),
      );
      if (found.chain.length) {
        const steps = element("ol", "", "chain");
        for (const step of found.chain) steps.append(element("li", `${step.name} (${step.place})`));
        item.append(steps);
      }
      list.append(item);
    }
    return list;
  };
  const plural = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const described = (item) => {
    const { import: line, drive, package: box, driver } = item.dataset;
    if (line !== undefined) {
      const each = data.imports[line];
      return [`${each.importer.name} → ${each.imported.name}`, `${each.importer.role} imports ${each.imported.role}, ${plural(each.count, "import")}`, each.findings];
    }
    if (drive !== undefined) {
      const each = data.drives[drive];
      return [`${each.package.name} → ${each.driver}`, `${each.package.role} reaches what drives`, each.findings];
    }
    if (box !== undefined) {
      const each = data.packages[box];
      return [each.name, `${each.role}, ${plural(each.modules, "module")}`, each.findings];
    }
    const name = [...new Set(data.drives.map((each) => each.driver))].sort((a, b) => (a < b ? -1 : 1))[driver];
    return [name, "drives", data.drives.filter((each) => each.driver === name).flatMap((each) => each.findings)];
  };
  const items = [...svg.querySelectorAll(".import, .drive, .package, .driver")];
  const choose = (item) => {
    items.forEach((each) => each.classList.toggle("chosen", each === item));
    const [title, detail, findings] = described(item);
    const none = element("p", "No findings.");
    panel.replaceChildren(element("h2", title), element("p", detail), findings.length ? listed(findings) : none);
  };
  for (const item of items) {
    item.setAttribute("tabindex", "0");
    item.setAttribute("role", "button");
    item.addEventListener("click", () => { if (!dragged) choose(item); });
    item.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(item); }
    });
  }

  // What is looked for stays, the rest fades; harmless lines can be left out.
  const touches = (item, wanted) => described(item)[0].toLowerCase().includes(wanted);
  document.getElementById("search").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    items.forEach((item) => item.classList.toggle("faded", wanted !== "" && !touches(item, wanted)));
  });
  document.getElementById("wrong-only").addEventListener("change", (event) => {
    svg.querySelectorAll(".import:not(.wrong)").forEach((line) => line.classList.toggle("hidden", event.target.checked));
  });
})();
