// Recorded demos: a control moves through pictures that were drawn when the site was made. Without a script the page
// shows one of them and no control.
for (const recording of document.querySelectorAll("figure.recording")) {
  const frames = JSON.parse(recording.dataset.frames);
  const row = recording.querySelector(".recording-control");
  const control = row.querySelector("input, select");
  const position = row.querySelector("span"); // beside a slider; a list shows its own
  const finding = recording.querySelector("[role=status]");
  const picture = recording.querySelector("img");

  function show() {
    const frame = frames[control.value];
    picture.src = frame.src;
    picture.alt = frame.alt;
    finding.textContent = frame.finding;
    if (position) {
      position.textContent = frame.position;
      control.setAttribute("aria-valuetext", frame.position);
    }
  }

  // The others are loaded when the control is first touched, so that none has to be waited for later.
  function load() {
    for (const frame of frames) new Image().src = frame.src;
  }

  control.addEventListener("pointerdown", load, { once: true });
  control.addEventListener("input", load, { once: true });
  control.addEventListener("input", show);
  row.hidden = false;
}
