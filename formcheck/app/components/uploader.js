// Sends files one after another straight to the server's disk and tells the page their ids.
// data: {label, hint, choose, cancel, multiple, folder, accept, limit_bytes, words}
const ENDPOINT = "/formcheck/upload";

function text(node, value) {
  node.textContent = value;
}

function put(file, onProgress, control) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    control.request = request;
    request.open("PUT", `${ENDPOINT}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => onProgress(event.loaded, event.total || file.size);
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch (_) {
        answer = { error: "server" };
      }
      resolve(request.status === 200 ? answer : { error: answer.error || "server" });
    };
    request.onerror = () => resolve({ error: "connection" });
    request.onabort = () => resolve({ error: "cancelled" });
    request.send(file);
  });
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const zone = parentElement.querySelector(".zone");
  const input = parentElement.querySelector("input[type=file]");
  const status = parentElement.querySelector(".status");
  const bar = parentElement.querySelector("progress");
  const stop = parentElement.querySelector("button.stop");
  const choose = parentElement.querySelector("button.choose");
  const chooseFolder = parentElement.querySelector("button.folder");
  const control = { request: null, stopped: false, busy: false };

  text(parentElement.querySelector(".label"), data.label);
  text(parentElement.querySelector(".hint"), data.hint);
  text(choose, data.choose);
  text(stop, data.cancel);
  text(chooseFolder, data.choose_folder || "");
  chooseFolder.hidden = !data.folder;
  input.accept = data.accept;
  input.multiple = Boolean(data.multiple);
  input.setAttribute("aria-label", data.label);
  bar.setAttribute("aria-label", data.words.sending);

  const say = (words) => text(status, words);

  async function send(files) {
    if (control.busy || files.length === 0) return;
    control.busy = true;
    control.stopped = false;
    bar.hidden = stop.hidden = false;
    const done = [];
    const problems = [];
    for (let i = 0; i < files.length && !control.stopped; i += 1) {
      const file = files[i];
      if (file.size > data.limit_bytes) {
        problems.push(`${file.name}: ${data.words.too_large}`);
        continue;
      }
      const count = files.length > 1 ? ` (${i + 1}/${files.length})` : "";
      const answer = await put(
        file,
        (loaded, total) => {
          bar.value = total ? loaded / total : 0;
          const share = total ? Math.floor((100 * loaded) / total) : 0;
          say(`${data.words.sending} ${file.name}${count}: ${share} %`);
        },
        control,
      );
      if (answer.error) problems.push(`${file.name}: ${data.words[answer.error] || data.words.server}`);
      else done.push({ id: answer.id, name: file.name, bytes: answer.bytes });
    }
    bar.hidden = stop.hidden = true;
    control.busy = false;
    input.value = "";
    say(problems.join(" · "));
    if (done.length) setTriggerValue("files", done);
  }

  function videos(list) {
    const all = Array.from(list);
    if (!data.multiple) return all.slice(0, 1);
    const known = new RegExp(data.pattern, "i");
    const clips = all.filter((file) => file.type.startsWith("video/") || known.test(file.name));
    return clips.length ? clips : all;
  }

  choose.onclick = () => {
    input.removeAttribute("webkitdirectory");
    input.click();
  };
  chooseFolder.onclick = () => {
    input.setAttribute("webkitdirectory", "");
    input.click();
  };
  input.onchange = () => send(videos(input.files));
  stop.onclick = () => {
    control.stopped = true;
    if (control.request) control.request.abort();
  };
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add("over");
  };
  zone.ondragleave = () => zone.classList.remove("over");
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    send(videos(event.dataTransfer.files));
  };
  return () => {
    if (control.request && control.busy) control.request.abort();
  };
}
