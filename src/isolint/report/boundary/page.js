"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const holder = document.getElementById("picture");
  const svg = holder.querySelector("svg");
  const panel = document.getElementById("panel");
  svg.setAttribute("role", "group"); // an image has no parts that could be chosen
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
  holder.addEventListener("keydown", (event) => {
    const { ctrlKey, metaKey, altKey, key } = event;
    if (ctrlKey || metaKey || altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (step) show({ ...view, x: view.x + step[0] * view.width * 0.1, y: view.y + step[1] * view.height * 0.1 });
    else if (key === "+" || key === "=") zoom(1 / 1.4, middle());
    else if (key === "-") zoom(1.4, middle());
    else if (key === "0") show({ ...full });
    else return;
    event.preventDefault();
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
    const name = drivers[driver];
    return [name, "drives", data.drives.filter((each) => each.driver === name).flatMap((each) => each.findings)];
  };
  const items = [...svg.querySelectorAll(".import, .drive, .package, .driver")];
  const labels = [...svg.querySelectorAll(".codes")];
  const drivers = [...new Set(data.drives.map((each) => each.driver))].sort((a, b) => (a < b ? -1 : 1));
  const same = (one, other) => one.name === other.name && one.role === other.role;
  const boxOf = (end) => svg.querySelector(`[data-package="${data.packages.findIndex((each) => same(each, end))}"]`);
  const driverOf = (name) => svg.querySelector(`[data-driver="${drivers.indexOf(name)}"]`);
  // Every line with the boxes at its ends.
  const lines = items.flatMap((item) => {
    const { import: line, drive } = item.dataset;
    if (line !== undefined) {
      const each = data.imports[line];
      return [{ item, each, start: boxOf(each.importer), end: boxOf(each.imported), name: [each.importer.name, each.imported.name] }];
    }
    if (drive !== undefined) {
      const each = data.drives[drive];
      return [{ item, each, start: boxOf(each.package), end: driverOf(each.driver), name: [each.package.name, each.driver] }];
    }
    return [];
  });
  const counted = (findings) => {
    const numbers = new Map();
    for (const found of findings) numbers.set(found.code, (numbers.get(found.code) || 0) + 1);
    return [...numbers].sort().map(([code, number]) => (number === 1 ? code : `${code} x${number}`)).join(", ");
  };
  // What begins or ends at a box, as a list to choose from: lines in a crowd are hard to hit.
  const linked = (item) => {
    const section = (heading, found, end) => {
      if (!found.length) return [];
      const list = found
        .sort((a, b) => b.each.findings.length - a.each.findings.length || (a.name[end] < b.name[end] ? -1 : 1))
        .map((line) => {
          const button = element("button", line.name[end], "link");
          if (line.each.findings.length) button.prepend(element("span", counted(line.each.findings), "code"));
          button.addEventListener("click", () => choose(line.item));
          return button;
        });
      return [element("h3", heading), ...list];
    };
    const is = (kind) => (line) => line.item.classList.contains(kind);
    const from = lines.filter((line) => line.start === item);
    const to = lines.filter((line) => line.end === item);
    return [
      ...section("reaches", from.filter(is("drive")), 1),
      ...section("imports", from.filter(is("import")), 1),
      ...section("imported by", to.filter(is("import")), 0),
      ...section("reached by", to.filter(is("drive")), 0),
    ];
  };
  const choose = (item) => {
    const mine = lines.filter((line) => [line.item, line.start, line.end].includes(item));
    const near = new Set([item, ...mine.flatMap((line) => [line.item, line.start, line.end])]);
    const codes = new Set(mine.map((line) => line.item.dataset.import).filter((number) => number !== undefined));
    svg.classList.add("choosing");
    for (const each of items) {
      each.classList.toggle("chosen", each === item);
      each.classList.toggle("near", near.has(each));
      each.setAttribute("aria-pressed", String(each === item));
    }
    labels.forEach((label) => label.classList.toggle("near", codes.has(label.dataset.codes)));
    const [title, detail, findings] = described(item);
    const none = element("p", "No findings.");
    const heading = findings.length ? [element("h3", `findings: ${counted(findings)}`), listed(findings)] : [none];
    panel.replaceChildren(element("h2", title), element("p", detail), ...linked(item), ...heading);
    panel.scrollTop = 0;
  };
  const hint = [...panel.childNodes];
  const letGo = () => {
    svg.classList.remove("choosing");
    for (const each of [...items, ...labels]) each.classList.remove("chosen", "near");
    items.forEach((each) => each.setAttribute("aria-pressed", "false"));
    panel.replaceChildren(...hint);
  };
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") letGo(); });
  holder.addEventListener("click", (event) => {
    if (!dragged && !event.target.closest(".import, .drive, .package, .driver")) letGo();
  });
  for (const item of items) {
    item.setAttribute("tabindex", "0");
    item.setAttribute("role", "button");
    item.setAttribute("aria-label", item.querySelector("title").textContent);
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
