// Two conveniences that only a script can give; without one the buttons are not there.
class Share extends HTMLElement {
  connectedCallback() {
    if (!navigator.share && !navigator.clipboard) return;
    this.hidden = false;
    const words = this.querySelector("span");
    this.addEventListener("click", async () => {
      const { address: url, title, done } = this.dataset;
      try {
        if (navigator.share) return await navigator.share({ title, url });
        await navigator.clipboard.writeText(url);
        words.setAttribute("role", "status");
        words.textContent = done;
      } catch {
        // The reader closed the sheet, or the machine forbids it: nothing to say.
      }
    });
  }
}

class Print extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", () => print());
  }
}

customElements.define("fumi-share", Share);
customElements.define("fumi-print", Print);
