// Passkeys: the browser asks the device, the server checks. Without them every form here stays as it is.
import { each } from "./awake.js";
import { say } from "./toast.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (list) => list?.map((it) => ({ ...it, id: bytes(it.id) }));

const ask = async (url, form, alone) => {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, body: alone ? null : new FormData(form) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.problem);
  return said.options;
};

const create = async (options) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    },
  });
  const { clientDataJSON, attestationObject } = made.response;
  return { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), of: made };
};

const get = async (options) => {
  const shown = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) },
  });
  const { clientDataJSON, authenticatorData, signature } = shown.response;
  return {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    of: shown,
  };
};

export function passkeys(root) {
  each(root, "[data-passkey]", (form) => {
    if (!window.PublicKeyCredential) {
      for (const it of document.querySelectorAll("[data-passkey-none]")) it.hidden = false;
      return;
    }
    form.hidden = false;
    const also = form.querySelector("[data-passkey-also]"); // where a passkey is one way among others: its button
    if (also) also.hidden = false;
    form.addEventListener("submit", async (event) => {
      const kept = form.querySelector("[name=credential]");
      if (kept.value || (also && event.submitter !== also)) return;
      event.preventDefault();
      const button = also ?? form.querySelector("button");
      button.disabled = true;
      try {
        const options = await ask(form.dataset.passkey, form, also);
        const { of, ...response } = await (form.dataset.passkeyMakes === undefined ? get : create)(options);
        kept.value = JSON.stringify({ id: of.id, rawId: of.id, type: of.type, response, clientExtensionResults: {} });
        if (!also) form.querySelector("[type=password]")?.removeAttribute("name"); // it was for the step before
        form.submit();
      } catch (trouble) {
        say(trouble.name === "Error" ? trouble.message : form.dataset.passkeyStopped);
      }
      button.disabled = false;
    });
  });
}
