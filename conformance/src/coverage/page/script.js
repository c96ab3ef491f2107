'use strict';
(() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const form = document.querySelector('form.filter');
  const input = form.querySelector('input[type=search]');
  const must = form.querySelector('input[name=must]');
  const shown = form.querySelector('.shown');
  const views = document.querySelector('form.views');
  const clauses = all('details.clause');
  const cells = all('a.cell');
  const tones = ['pass', 'unattributed', 'fail', 'skip', 'broken', 'absent'];

  const view = () => views === null ? 0 : Number(new FormData(views).get('view'));
  const tone = (item, at) => item.dataset.tones.split(' ')[at] ?? 'absent';

  const apply = () => {
    const at = view();
    const kind = at === 0 ? 'coverage' : 'peer';
    for (const item of all('[data-view]')) item.hidden = item.dataset.view !== kind;
    const boxes = [...form.querySelectorAll(`[data-view=${kind}] input`)];
    const wanted = new Set(boxes.filter(box => box.checked).map(box => box.value));
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = words.length > 0 || must.checked || wanted.size < boxes.length;
    const hits = new Set();
    let count = 0;
    for (const clause of clauses) {
      const hit = wanted.has(tone(clause, at))
        && (!must.checked || clause.dataset.binds === 'true')
        && words.every(word => clause.dataset.words.includes(word));
      clause.hidden = !hit;
      if (hit && clause.id !== '') { hits.add(clause.id); count += 1; }
    }
    for (const cell of cells) {
      cell.classList.remove(...tones);
      cell.classList.add(tone(cell, at));
      cell.style.setProperty('--share', `${cell.dataset.shares.split(' ')[at] ?? 100}%`);
      cell.classList.toggle('dim', !hits.has(decodeURIComponent(cell.hash.slice(1))));
    }
    for (const part of all('.part, .suite')) part.hidden = part.querySelector('details.clause:not([hidden])') === null;
    shown.textContent = narrowed ? `${count} of ${cells.length} clauses` : '';
  };

  form.hidden = false;
  if (views !== null) {
    views.hidden = false;
    views.addEventListener('input', apply);
  }
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', apply);
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });

  const follow = () => {
    const clause = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (clause === null || !clause.matches('details')) return;
    if (clause.hidden) {
      input.value = '';
      must.checked = false;
      for (const box of form.querySelectorAll('.toggles input')) box.checked = true;
      apply();
    }
    clause.open = true;
    clause.scrollIntoView({ block: 'start' });
  };
  addEventListener('hashchange', follow);
  // A browser that goes back keeps what was chosen.
  apply();
  follow();
})();
