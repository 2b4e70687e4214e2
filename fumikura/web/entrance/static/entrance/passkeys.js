// Asks the browser's own dialogue for a passkey and puts its answer into the form. Without this script the form stays hidden.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function asked(question) {
  question.challenge = bytes(question.challenge);
  for (const list of [question.excludeCredentials, question.allowCredentials]) {
    for (const one of list ?? []) one.id = bytes(one.id);
  }
  if (question.user) question.user.id = bytes(question.user.id);
  return question;
}

function answered(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
}

async function answer(form) {
  const question = asked(await (await fetch(form.dataset.passkey, { credentials: "same-origin" })).json());
  const made = question.rp
    ? await navigator.credentials.create({ publicKey: question })
    : await navigator.credentials.get({ publicKey: question });
  form.elements.passkey.value = answered(made);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    const trouble = form.querySelector("[data-trouble]");
    trouble.textContent = "";
    try {
      await answer(form);
      form.requestSubmit();
    } catch {
      trouble.textContent = document.documentElement.lang === "ja"
        ? "パスキーを使えませんでした。もう一度ためすか、ほかの方法を選んでください。"
        : "The passkey could not be used. Try again, or choose another way.";
    }
  });
}
