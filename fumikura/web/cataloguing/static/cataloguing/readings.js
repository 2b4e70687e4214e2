// よみの下書き by keyboard: Enter confirms a row and goes on; without this script every row has its own button.
const form = document.querySelector("[data-readings]");

if (form) {
  const words = form.dataset;
  const said = form.querySelector("[data-said]");
  const done = [];
  let queue = Promise.resolve();

  const rows = () => [...form.querySelectorAll("tr[data-reading]")];
  const textOf = (row) => row.querySelector(".readings__text");
  const move = (row, by) => {
    const open = rows().filter((one) => one === row || !one.dataset.done);
    const next = open[open.indexOf(row) + by];
    if (next) {
      textOf(next).focus();
      textOf(next).select();
    }
  };

  const send = (address, fields) => {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "request_key"]) body.set(name, form.elements[name].value);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json" } }).then((answer) => {
      if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
      return answer.json();
    });
  };
  // One at a time: each call takes the key that the one before it gave.
  const inTurn = (act) => {
    queue = queue.then(act).catch(() => tell(words.wordsLost));
  };
  const tell = (text) => {
    said.textContent = text;
  };

  // The figures on top follow: so many drafts fewer, so many confirmed more.
  const count = (many) => {
    for (const [name, by] of [["drafts", -many], ["confirmed", many]]) {
      const figure = document.querySelector(`[data-standing="${name}"]`);
      figure.textContent = (Number(figure.textContent.replaceAll(",", "")) + by).toLocaleString("en");
    }
  };

  const settle = (row, text, key) => {
    row.dataset.done = key || "passed";
    const cell = row.lastElementChild;
    cell.dataset.before = cell.dataset.before || cell.innerHTML;
    cell.textContent = `${text} `;
    if (key) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--sm btn--quiet";
      button.textContent = words.wordsUndo;
      button.addEventListener("click", () => undo(row));
      cell.append(button);
      done.push(row);
    }
    textOf(row).readOnly = true;
    row.querySelector(".readings__pick").checked = false;
    row.querySelector(".readings__pick").disabled = true;
  };

  const act = (row, what) =>
    inTurn(async () => {
      const pk = row.dataset.reading;
      const answer = await send(form.action, { act: `${what}:${pk}`, [`text-${pk}`]: textOf(row).value });
      if (answer.reasons) {
        tell(answer.reasons.join(" "));
        delete row.dataset.done;
        textOf(row).setAttribute("aria-invalid", "true");
        textOf(row).title = answer.reasons.join(" ");
        textOf(row).focus();
        return;
      }
      textOf(row).removeAttribute("aria-invalid");
      form.elements.request_key.value = answer.request_key;
      const text = what === "pass" ? words.wordsPassed : words.wordsDone;
      const besides = answer.readings.length > 1 ? ` (${answer.readings.length})` : "";
      settle(row, text + besides, what === "pass" ? "" : answer.key);
      for (const other of rows()) {
        if (other !== row && !other.dataset.done && answer.readings.includes(Number(other.dataset.reading))) {
          textOf(other).value = textOf(row).value;
          settle(other, text, "");
        }
      }
      if (what !== "pass") count(answer.readings.length);
      tell(`${text}: ${textOf(row).value}`);
    });

  const undo = (row) =>
    inTurn(async () => {
      const answer = await send(words.undo, { of: row.dataset.done });
      form.elements.request_key.value = answer.request_key;
      for (const one of rows()) {
        if (one === row || answer.undone.includes(Number(one.dataset.reading))) {
          delete one.dataset.done;
          one.lastElementChild.innerHTML = one.lastElementChild.dataset.before;
          textOf(one).readOnly = false;
          one.querySelector(".readings__pick").disabled = false;
        }
      }
      done.splice(done.indexOf(row), 1);
      count(-answer.undone.length);
      tell(`${words.wordsUndone}: ${textOf(row).value}`);
      textOf(row).focus();
    });

  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-reading]");
    if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      if (done.length) undo(done[done.length - 1]);
    }
    if (!row || event.isComposing || event.target !== textOf(row)) return;
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      if (!row.dataset.done) {
        row.dataset.done = "asked";
        act(row, event.key === "Enter" ? "one" : "pass");
      }
      move(row, 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(row, event.key === "ArrowDown" ? 1 : -1);
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="act"][value*=":"]');
    if (!button) return;
    event.preventDefault();
    const row = button.closest("tr");
    act(row, button.value.split(":")[0]);
    move(row, 1);
  });
  form.querySelector("[data-pick-all]").addEventListener("change", (event) => {
    for (const pick of form.querySelectorAll(".readings__pick:not(:disabled)")) pick.checked = event.target.checked;
  });
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  const first = rows()[0];
  if (first) textOf(first).focus();
}
