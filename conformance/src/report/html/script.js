'use strict';
(() => {
  const form = document.querySelector('form.filter');
  const input = form.querySelector('input[type=search]');
  const boxes = [...form.querySelectorAll('input[type=checkbox]')];
  const shown = form.querySelector('.shown');
  const cases = [...document.querySelectorAll('details.case')];
  const groups = [...document.querySelectorAll('details.group')];

  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcomes = new Set(boxes.filter(box => box.checked).map(box => box.value));
    const narrowed = words.length > 0 || outcomes.size < boxes.length;
    let count = 0;
    for (const item of cases) {
      const hit = outcomes.has(item.dataset.outcome)
        && words.every(word => item.dataset.words.includes(word));
      item.hidden = !hit;
      count += hit ? 1 : 0;
    }
    for (const group of groups) {
      const some = group.querySelector('details.case:not([hidden])') !== null;
      group.hidden = !some;
      group.open = narrowed && some;
    }
    for (const suite of document.querySelectorAll('.suite')) {
      suite.hidden = suite.querySelector('details.group:not([hidden])') === null;
    }
    shown.textContent = narrowed ? `${count} of ${cases.length} cases` : '';
  };

  form.hidden = false;
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', apply);
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });

  const follow = () => {
    const item = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (item === null) return;
    if (item.hidden) {
      input.value = '';
      boxes.forEach(box => { box.checked = true; });
      apply();
    }
    if (item.matches('details')) item.open = true;
    const group = item.closest('details.group');
    if (group !== null) group.open = true;
    item.scrollIntoView({ block: 'start' });
  };
  addEventListener('hashchange', follow);
  follow();

  // Paper cannot be unfolded.
  addEventListener('beforeprint', () => {
    for (const card of document.querySelectorAll('details.card')) card.open = true;
  });

  for (const button of document.querySelectorAll('button.copy')) {
    if (navigator.clipboard === undefined) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
  }
})();
