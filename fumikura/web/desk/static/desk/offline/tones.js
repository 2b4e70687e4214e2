// The tones of both counters: one high, two equal, two falling, two rising; never the only signal.

const TONES = {
  ok: [[880, 0.07]],
  ask: [[660, 0.09], [660, 0.09]],
  stop: [[300, 0.16], [220, 0.26]],
  go: [[660, 0.07], [880, 0.1]],
};
const KEPT = "fumikura-desk-quiet";
let quiet = localStorage.getItem(KEPT) === "yes";
let audio;

export const isQuiet = () => quiet;

export function setQuiet(wanted) {
  quiet = wanted;
  localStorage.setItem(KEPT, quiet ? "yes" : "no");
}

export function sound(kind) {
  // A browser lets a page sound only after somebody has touched it.
  if (quiet || !TONES[kind] || !window.AudioContext || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  let when = audio.currentTime;
  for (const [pitch, length] of TONES[kind]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, when);
    volume.gain.exponentialRampToValueAtTime(0.001, when + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(when);
    tone.stop(when + length);
    when += length + 0.04;
  }
  document.dispatchEvent(new CustomEvent("desk:sound", { detail: kind }));
}
