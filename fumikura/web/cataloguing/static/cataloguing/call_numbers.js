// What the rules say of some books, shown again at each pause of the typing. Without it the button does the same.
const form = document.querySelector("[data-rules]");
const PAUSE = 400;

if (form) {
  let timer = 0;
  let asked = 0;

  async function preview() {
    const mine = ++asked;
    const said = document.getElementById("preview");
    const sent = new URLSearchParams(new FormData(form));
    sent.set("act", "try");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent });
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview");
      if (mine === asked && next) said.replaceChildren(...next.childNodes);
    } catch {
      // The line is down: the button says so when it is pressed.
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, PAUSE);
  });
}
