// Says cues aloud with the browser's own voice, and writes them where a screen reader finds them.
// data: {id, text, on, lang, gap_s}; a new id is a new cue. Only voices of this computer are used.
const state = new WeakMap();

function voice(lang) {
  const own = speechSynthesis.getVoices().filter((v) => v.localService);
  return own.find((v) => v.lang.startsWith(lang)) || null;
}

export default function ({ data, parentElement }) {
  const line = parentElement.querySelector(".spoken");
  const before = state.get(parentElement) || { id: null, at: -Infinity };
  if (!data.on) window.speechSynthesis?.cancel();
  if (!data.id || data.id === before.id) return;
  const now = performance.now() / 1000;
  line.textContent = data.text;
  state.set(parentElement, { id: data.id, at: before.at });
  if (!data.on || !window.speechSynthesis || now - before.at < data.gap_s) return;
  speechSynthesis.cancel(); // never two at once, never a queue
  const words = new SpeechSynthesisUtterance(data.text);
  words.lang = data.lang;
  words.voice = voice(data.lang);
  words.rate = 1.1;
  speechSynthesis.speak(words);
  state.set(parentElement, { id: data.id, at: now });
}
