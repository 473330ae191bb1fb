// Says cues aloud with the browser's own voice. Never two at once, no queue. Only a voice of this computer is used:
// others have what they say made by a server elsewhere, and where no voice is chosen the browser may take one of those.
function localVoice(lang) {
  const own = speechSynthesis.getVoices().filter((voice) => voice.localService);
  return own.find((voice) => voice.lang.startsWith(lang)) || null;
}

// `state.at` is when something was last said, in seconds; nothing is said within `gap_s` of it.
function sayAloud(words, { lang, gap_s: gap }, state) {
  const now = performance.now() / 1000;
  if (!window.speechSynthesis || now - state.at < gap) return;
  const voice = localVoice(lang);
  if (!voice) return;
  state.at = now;
  speechSynthesis.cancel();
  const said = new SpeechSynthesisUtterance(words);
  said.lang = lang;
  said.voice = voice;
  said.rate = 1.1;
  speechSynthesis.speak(said);
}
