// The conversation goes on by itself while the box is ticked. What somebody has opened stays as it is: then nothing is replaced.
const EVERY = 3000;

class Watch extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    const box = this.querySelector("input");
    let timer = 0;
    box.addEventListener("change", () => {
      clearInterval(timer);
      if (box.checked) timer = setInterval(() => this.look(), EVERY);
    });
  }

  async look() {
    const here = document.getElementById("exchanges");
    if (document.hidden || here.querySelector("details[open]")) return;
    try {
      const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      here.replaceChildren(...page.getElementById("exchanges").childNodes);
    } catch {
      // No line: the next look may find one.
    }
  }
}
customElements.define("fumi-watch", Watch);
