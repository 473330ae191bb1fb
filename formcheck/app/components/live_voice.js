// Says cues aloud with the browser's own voice; only voices of this computer are used. Never two at once, no queue.
function localVoice(lang) {
  const own = speechSynthesis.getVoices().filter((voice) => voice.localService);
  return own.find((voice) => voice.lang.startsWith(lang)) || null;
}

// `state.at` is when something was last said, in seconds; nothing is said within `gap_s` of it.
function sayAloud(words, { lang, gap_s: gap }, state) {
  const now = performance.now() / 1000;
  if (!window.speechSynthesis || now - state.at < gap) return;
  state.at = now;
  speechSynthesis.cancel();
  const said = new SpeechSynthesisUtterance(words);
  said.lang = lang;
  said.voice = localVoice(lang);
  said.rate = 1.1;
  speechSynthesis.speak(said);
}
