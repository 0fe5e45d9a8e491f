// The input of the canvas, for the program: mouse, touch, wheel and keys.
'use strict';
function playgroundInput(canvas, program) {
  const point = (at, button, down, touch) => {
    const place = canvas.getBoundingClientRect();
    program._app_point(at.clientX - place.left, at.clientY - place.top, button, down ? 1 : 0, touch ? 1 : 0);
  };
  // A button that was pressed on the canvas is followed outside.
  let held = 0;
  canvas.addEventListener('mousedown', (event) => {
    event.preventDefault();
    held |= 1 << event.button;
    point(event, event.button, true);
  });
  document.addEventListener('mouseup', (event) => {
    if ((held & (1 << event.button)) === 0) return;
    held &= ~(1 << event.button);
    point(event, event.button, false);
    if (event.target !== canvas) program._app_point_away();
  });
  document.addEventListener('mousemove', (event) => {
    if (event.target === canvas || held !== 0) point(event, -1);
  });
  canvas.addEventListener('mouseleave', () => program._app_point_away());

  // The first finger is the mouse. That the browser makes mouse events of touches, too, is prevented.
  let finger = null;
  for (const kind of ['touchstart', 'touchmove', 'touchend', 'touchcancel']) {
    canvas.addEventListener(kind, (event) => {
      event.preventDefault();
      for (const touch of event.changedTouches) {
        if (kind === 'touchstart' && finger === null) finger = touch.identifier;
        else if (kind === 'touchstart' || touch.identifier !== finger) continue;
        point(touch, kind === 'touchmove' ? -1 : 0, kind === 'touchstart', true);
        if (kind === 'touchend' || kind === 'touchcancel') finger = null;
      }
    }, {passive: false});
  }

  canvas.addEventListener('wheel', (event) => {
    if (event.ctrlKey) return; // the browser's zoom
    event.preventDefault();
    const steps = [1 / 100, 1 / 3, 80][event.deltaMode]; // from pixels, lines, pages
    program._app_wheel(-event.deltaX * steps, -event.deltaY * steps);
  }, {passive: false});

  const call = (name, text, ...numbers) =>
    program.ccall(name, 'number', ['string', ...numbers.map(() => 'number')], [text, ...numbers]);
  const key = (event, down) => call('app_key', event.key, down,
    event.ctrlKey | event.shiftKey << 1 | event.altKey << 2 | event.metaKey << 3);
  canvas.addEventListener('keydown', (event) => {
    const known = key(event, 1);
    const commands = event.ctrlKey || event.metaKey;
    const types = [...event.key].length === 1 && (!commands || event.getModifierState('AltGraph'));
    if (types) call('app_type', event.key);
    // What is done with Escape is decided later, and all other commands are the browser's.
    const edits = /^([acxyz]|[A-Z][a-z]+)/.test(event.key);
    if (types || (known && event.key !== 'Escape' && (!commands || edits))) event.preventDefault();
  });
  canvas.addEventListener('keyup', (event) => key(event, 0));
  window.addEventListener('focus', () => program._app_focus(1));
  window.addEventListener('blur', () => program._app_focus(0));
}
