// The reader of IC tags beside this desk: what lies on it is counted and offered; nothing is lent before somebody says so.

const box = document.querySelector("[data-pad]");
const KEPT = "fumikura-desk-reader";
const BETWEEN = 1000; // ms

if (box) {
  const chosen = box.querySelector("[data-reader]");
  const form = box.querySelector("[data-lying]");
  const numbers = form.elements.numbers;
  let taken = ""; // what was dealt with and still lies there

  const show = (what) => {
    form.hidden = what !== "lying";
    for (const one of ["empty", "done", "silent"]) box.querySelector(`[data-${one}]`).hidden = what !== one;
  };

  async function look() {
    if (!chosen.value) return show("");
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(box.dataset.pad, { headers: { Accept: "application/json" } });
      const { pads } = await answer.json();
      const lies = (pads.find((pad) => pad.code === chosen.value)?.numbers ?? []).join("\n");
      if (lies !== taken) taken = "";
      if (!lies) return show("empty");
      if (lies === taken) return show("done");
      if (numbers.value !== lies) form.elements.counted.value = "";
      numbers.value = lies;
      form.querySelector("[data-count]").textContent = lies.split("\n").length;
      show("lying");
    } catch {
      show("silent");
    }
  }

  form.addEventListener("submit", () => {
    form.elements.visit.value = document.querySelector("#scan-form [name=visit]").value;
    taken = numbers.value;
    show("done");
  });
  chosen.addEventListener("change", () => {
    localStorage.setItem(KEPT, chosen.value);
    taken = "";
    look();
  });
  const kept = localStorage.getItem(KEPT) ?? "";
  if ([...chosen.options].some((option) => option.value === kept)) chosen.value = kept;
  box.hidden = false;
  look();
  setInterval(look, BETWEEN);
}
