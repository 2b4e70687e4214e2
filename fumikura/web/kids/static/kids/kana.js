// The kana board: a comfort for hands that do not type yet. Without it the plain box works.
const VOICED = ["かきくけこさしすせそたちつてとはひふへほう", "がぎぐげござじずぜぞだぢづでどばびぶべぼゔ"];
const HALF = ["はひふへほ", "ぱぴぷぺぽ"];
const SMALL = ["あいうえおつやゆよわ", "ぁぃぅぇぉっゃゅょゎ"];
const ACTS = { voiced: VOICED, half: HALF, small: SMALL };

function turned(text, [plain, changed]) {
  const last = text.slice(-1);
  const there = plain.indexOf(last);
  const back = changed.indexOf(last);
  if (there >= 0) return text.slice(0, -1) + changed[there];
  return back >= 0 ? text.slice(0, -1) + plain[back] : text;
}

for (const form of document.querySelectorAll("[data-kana]")) {
  const box = form.querySelector("input");
  const said = form.querySelector("[data-typed]");
  form.querySelector(".kana__board").hidden = false;
  form.addEventListener("click", (event) => {
    const key = event.target.closest("[data-letter], [data-op]");
    if (!key) return;
    const { letter, op } = key.dataset;
    if (letter) box.value += letter;
    else if (op === "clear") box.value = "";
    else if (op === "back") box.value = box.value.slice(0, -1);
    else box.value = turned(box.value, ACTS[op]);
    said.textContent = box.value;
  });
}

for (const button of document.querySelectorAll("[data-door='kids'] [data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
