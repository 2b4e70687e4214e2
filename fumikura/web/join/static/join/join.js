// The postcode fills the address as soon as it is whole; what somebody wrote already is left alone.
const number = document.querySelector("#postcode");
const address = document.querySelector("#address");
const said = document.querySelector("[data-found]");
number?.addEventListener("input", async () => {
  const digits = number.value.normalize("NFKC").replace(/\D/g, "");
  if (digits.length !== 7) return;
  try {
    const answer = await fetch(`/join/postcode?number=${digits}`);
    const { addresses } = await answer.json();
    if (!addresses.length) return;
    if (!address.value) address.value = addresses[0];
    said.textContent = addresses.join(" / ");
  } catch {
    // No line: the button below does the same.
  }
});
